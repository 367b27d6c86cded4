package dev.finetune4j.testkit.fake;

import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Opens clients of one {@link FakePlace}; handed to the code under test, not found with ServiceLoader. */
public final class FakeProviderFactory implements ProviderFactory {
    /** The setting whose value the fake place would use to sign in. */
    public static final String SECRET_SETTING = "FAKE_SIGN_IN";

    private final FakePlace place;

    /** Clients of this place. */
    public FakeProviderFactory(FakePlace place) {
        this.place = place;
    }

    @Override
    public ProviderId id() {
        return place.id();
    }

    @Override
    public Set<String> secretSettings() {
        return Set.of(SECRET_SETTING);
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new FakeProvider(place, settings);
    }
}
