package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.RoleLook;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;

/** Looks whether jobs can run as a role. */
final class RoleExamination {
    private static final String NAME = "role";
    private final String region;
    private final ProviderContext context;
    private final AwsPlace place;

    /**
     * An examination.
     *
     * @param place whose jobs run as the role
     */
    RoleExamination(String region, ProviderContext context, AwsPlace place) {
        this.region = region;
        this.context = context;
        this.place = place;
    }

    /**
     * The diagnosis.
     *
     * @param arn of the role
     */
    Diagnosis of(String arn) {
        RoleLook look = RoleLook.at(arn, place.principal(), region, context);
        return switch (look.state()) {
            case OPEN -> Diagnosis.ok(NAME, look.found());
            case UNKNOWN -> Diagnosis.unknown(NAME, look.found(), look.remedy());
            case ELSEWHERE -> Diagnosis.fail(NAME, look.found(), "places." + place.id() + "." + look.remedy());
            case ABSENT, CLOSED -> Diagnosis.fail(NAME, look.found(), look.remedy());
        };
    }
}
