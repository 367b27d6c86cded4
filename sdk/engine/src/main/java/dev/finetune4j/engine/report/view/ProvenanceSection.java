package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Provenance;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.engine.report.view.Section.Fact;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
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
            if (training.plan() != null) {
                run.add(new Fact("Computed with", computedWith(training.plan())));
            }
        }
        if (provenance.answersIn() != null) {
            run.add(new Fact("Answers in", provenance.answersIn()));
        }
        run.add(new Fact("Seeds", seeds(report.job())));
        if (provenance.host() != null) {
            run.add(new Fact("Machine", machine(provenance.host())));
            run.add(new Fact("Device", provenance.host().device()));
        }
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

    /** Number format, threads and recompute level. */
    static String computedWith(RunEvent.TrainingStarted plan) {
        return plan.precision() + ", " + plan.threads() + (plan.threads() == 1 ? " thread" : " threads")
                + ", recompute " + plan.recompute();
    }

    /** Every seed of a job. */
    static String seeds(FineTuneJob job) {
        return "split " + job.data().split().seed() + ", training "
                + job.training().seed() + ", evaluation " + job.evaluation().seed();
    }

    private static String machine(Host host) {
        return host.system() + ", " + host.architecture() + ", " + host.cores()
                + (host.cores() == 1 ? " core" : " cores")
                + (host.memoryBytes() < 0 ? "" : ", " + Figures.bytes(host.memoryBytes()));
    }
}
