package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.Ordeal.Outcome;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong at whichever place: no job is launched twice, nothing is spent that did not run, and the table tells the rest. */
class FaultMatrixTest {
    @TempDir
    private Path folder;

    @Test
    void endsAsTheTableTells() throws IOException {
        StringBuilder page = new StringBuilder("""
                # What happens when something goes wrong

                One job under one fault at a time, against the offline AWS on a clock on which hours take no time. It is looked after as a run is: what
                may be asked again later is asked again, what lacks a machine goes to the next one, and a job is gone after three answers that it is not
                there. `FaultMatrixTest` writes this page and holds it.

                Each cell: how the job ended, with the codes that were told (`finetune explain CODE`); what is not tried again; how many jobs the service
                made, by how many calls; what is billed.

                """);
        page.append("| fault | ")
                .append(String.join(" | ", FaultTargets.names()))
                .append(" |\n");
        page.append("|---|").append("---|".repeat(FaultTargets.names().size())).append("\n");
        for (Fault fault : Fault.values()) {
            page.append("| ").append(fault.text());
            for (String name : FaultTargets.names()) {
                page.append(" | ").append(cell(name, fault));
            }
            page.append(" |\n");
        }

        GoldenFiles.in("../../../../../docs").assertMatches("faults.md", page.toString());
    }

    private String cell(String name, Fault fault) throws IOException {
        try (FaultTarget target = FaultTargets.open(name, Files.createTempDirectory(folder, "place"))) {
            Optional<String> immunity = target.immunity(fault);
            if (immunity.isPresent()) {
                return "not applicable: " + immunity.get();
            }
            Outcome outcome = Ordeal.endure(target, fault);
            assertThat(outcome.launches())
                    .as("%s, %s: one job for each machine", name, fault)
                    .isEqualTo((int) outcome.ends().stream()
                            .filter(end -> !end.equals("refused"))
                            .count());
            if (List.of("refused").equals(outcome.ends())) {
                assertThat(outcome.spent()).as("%s, %s", name, fault).isEqualTo("nothing");
            }
            return outcome.text();
        }
    }
}
