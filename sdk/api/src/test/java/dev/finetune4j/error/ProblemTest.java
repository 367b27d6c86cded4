package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemTest {
    private static final ProblemKind GATE =
            new ProblemKind("FT9001", "gate", ExitCode.GATE_FAILED, "explanation", "general remedy");
    private static final ProblemKind SPEC =
            new ProblemKind("FT9002", "spec", ExitCode.INVALID, "explanation", "general remedy");

    @Test
    void problemsAreToldInReadingOrder() {
        Problem late = SPEC.error("late")
                .at(new Location.InFile("job.yaml", 9, 1, null))
                .build();
        Problem early = SPEC.error("early")
                .at(new Location.InFile("job.yaml", 2, 7, null))
                .build();
        Problem left = SPEC.error("left")
                .at(new Location.InFile("job.yaml", 2, 3, "name"))
                .build();
        Problem row = SPEC.error("row")
                .at(new Location.InRow("a.jsonl", 3, "text", 4, 6))
                .build();

        FineTuneException exception = new FineTuneException(List.of(late, early, row, left), null);

        assertThat(exception.problems()).containsExactly(row, left, early, late);
        assertThat(exception).hasMessageContaining("FT9002: row at a.jsonl row 3  text[4..6)");
        assertThat(left.location()).hasToString("job.yaml:2:3  name");
    }

    @Test
    void theFirstErrorDecidesTheExitCode() {
        Problem warning = SPEC.warning("w").at(Location.of("a")).build();
        Problem error = GATE.error("e").at(Location.of("b")).build();

        assertThat(new FineTuneException(List.of(warning, error), null).exitCode())
                .isEqualTo(ExitCode.GATE_FAILED);
        assertThat(warning.asException().exitCode()).isEqualTo(ExitCode.INVALID);
        assertThatThrownBy(() -> new FineTuneException(List.of(), null)).hasMessageContaining("empty");
    }

    @Test
    void aStackTraceSaysWhyAndWhatToDo() {
        Problem one = SPEC.error("no rows")
                .because("the file is empty")
                .remedy("data.file: rows.jsonl")
                .remedy("another way")
                .build();

        assertThat(one.asException())
                .hasMessage("FT9002: no rows")
                .hasToString(FineTuneException.class.getName() + ": FT9002: no rows\n  why   the file is empty\n"
                        + "  try   data.file: rows.jsonl");
        assertThat(new FineTuneException(List.of(one, GATE.error("too low").build()), null).toString())
                .endsWith("\n  FT9002 why   the file is empty\n  FT9002 try   data.file: rows.jsonl\n"
                        + "  FT9001 try   general remedy");
    }

    @Test
    void everyProblemHasARemedy() {
        assertThat(SPEC.error("e").build().remedies()).containsExactly("general remedy");
        assertThat(SPEC.error("e").remedy("first").remedy("second").build().remedies())
                .containsExactly("first", "second");
        assertThatThrownBy(() -> new ProblemKind("FT1", "t", ExitCode.OK, "e", "r"))
                .hasMessageContaining("FT1");
        assertThatThrownBy(() -> new ProblemKind("FT0001", "t", ExitCode.OK, "e", " "))
                .hasMessageContaining("FT0001");
    }
}
