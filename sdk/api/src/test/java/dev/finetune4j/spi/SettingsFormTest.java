package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsFormTest {
    private static final ProblemKind KIND =
            new ProblemKind("FT9001", "bad setting", ExitCode.INVALID, "A setting cannot be used.", "mend it");
    private static final SettingsForm FORM = new SettingsForm(
            KIND,
            "the forge",
            "places.forge.",
            Set.of("store", "role", "region"),
            name -> name.startsWith("x-"),
            ", and any x-NAME");

    @Test
    void aSlipIsToBeRenamedAndWhatNobodyMeantLeftOut() {
        assertThat(FORM.unknown(Map.of("stor", "a", "colour", "b", "role", "c", "x-stor", "d")))
                .extracting(Problem::toString)
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .contains("the forge has no setting colour", "leave places.forge.colour out"),
                        problem -> assertThat(problem)
                                .contains(
                                        "the forge has no setting stor",
                                        "there are region, role, store, and any x-NAME",
                                        "rename stor to store"));
    }

    @Test
    void whatASlipWasMeantAsIsNotAskedForBesides() {
        assertThat(FORM.required("store", Map.of("stor", "a"), "s3://bucket")).isEmpty();
        assertThat(FORM.required("store", Map.of("store", "a"), "s3://bucket")).isEmpty();
        assertThat(FORM.required("store", Map.of("x-stor", "a", "role", "b"), "s3://bucket"))
                .hasValueSatisfying(problem -> assertThat(problem.toString())
                        .contains("the forge needs to be told its store", "places.forge.store: s3://bucket"));
    }

    @Test
    void aValueOfAnotherFormIsRefusedAndOneThatIsNotThereIsNone() {
        assertThat(FORM.oneOf("region", Map.of("region", "moon"), List.of("north", "south")))
                .hasValueSatisfying(problem -> assertThat(problem.toString())
                        .contains(
                                "the forge's region must be one of north, south, was moon",
                                "places.forge.region: north"));
        assertThat(FORM.oneOf("region", Map.of("region", "south"), List.of("north", "south")))
                .isEmpty();
        assertThat(FORM.oneOf("region", Map.of(), List.of("north", "south"))).isEmpty();
        assertThat(FORM.flag("role", Map.of("role", "yes"), true))
                .hasValueSatisfying(problem -> assertThat(problem.toString())
                        .contains("must be true or false, was yes", "places.forge.role: true"));
        assertThat(FORM.flag("role", Map.of("role", "false"), true)).isEmpty();
    }
}
