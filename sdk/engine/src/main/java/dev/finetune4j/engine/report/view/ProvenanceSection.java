package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Provenance;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.report.view.Section.Fact;
import java.util.ArrayList;
import java.util.List;

/** Where the figures came from, so that they can be had again. */
final class ProvenanceSection {
    private ProvenanceSection() {}

    static Html of(RunReport report) {
        Provenance provenance = report.provenance();
        List<Fact> run = new ArrayList<>();
        run.add(new Fact("Run", report.run()));
        run.add(new Fact("Place", provenance.provider()));
        run.add(new Fact("Attempt", provenance.attempt()));
        TrainingHistory training = report.training();
        if (training != null) {
            run.add(new Fact("Resumes", training.resumes()));
            run.add(new Fact("Checkpoints", training.checkpoints()));
            run.add(new Fact(
                    "Computed with",
                    training.plan().precision() + ", " + training.plan().threads() + " threads, recompute "
                            + training.plan().recompute()));
        }
        run.add(new Fact(
                "Seeds",
                "split " + report.job().data().split().seed() + ", training "
                        + report.job().training().seed() + ", evaluation "
                        + report.job().evaluation().seed()));
        run.add(new Fact("Machine", machine(provenance.machine())));
        provenance.versions().forEach((name, version) -> run.add(new Fact(name, version)));
        run.add(new Fact("Written", provenance.writtenAt()));
        List<Fact> digests = new ArrayList<>();
        provenance.digests().forEach((name, digest) -> digests.add(new Fact(name, Html.of("<code>{}</code>", digest))));
        return Section.of(
                "provenance",
                "Where it came from",
                "",
                Html.of(
                        "<div class=\"pair\"><div>{}</div><div>{}</div></div>",
                        Section.facts("Run", run),
                        digests.isEmpty() ? Html.NONE : Section.facts("SHA-256 digests", digests)));
    }

    private static String machine(Provenance.Machine machine) {
        return machine.system() + ", " + machine.architecture() + ", " + machine.cores()
                + (machine.cores() == 1 ? " core" : " cores")
                + (machine.memoryBytes() == 0 ? "" : ", " + Figures.bytes(machine.memoryBytes()));
    }
}
