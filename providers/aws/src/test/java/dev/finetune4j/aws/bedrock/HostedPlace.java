package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A Bedrock that hosts models of one run. */
abstract class HostedPlace {
    static final RunId ID = new RunId("tickets-3f9c2a11-1");

    @TempDir
    Path folder;

    TuningPlace place;
    OfflineAws aws;
    Provider provider;
    Hosting hosting;

    @BeforeEach
    void open() throws IOException {
        place = new TuningPlace(folder.resolve("place"), TuningPlace.SETTINGS);
        aws = place.aws;
        provider = place.open();
        hosting = provider.hosting().orElseThrow();
    }

    @AfterEach
    void close() {
        provider.close();
        place.close();
    }

    /** Its one hosted model answers, under an ARN of a kind, for so much an hour. */
    void assertActive(String kind, String perHour) {
        assertThat(hosting.find(ID)).singleElement().satisfies(model -> {
            assertThat(model.state()).isEqualTo(HostedModel.State.ACTIVE);
            assertThat(model.reference()).contains(kind);
            assertThat(model.perHour()).contains(Money.parse(perHour));
        });
    }
}
