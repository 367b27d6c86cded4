package dev.finetune4j.engine.spec;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Holds the targets of a job against the providers that are on the class path. */
public final class ProviderCheck {
    private ProviderCheck() {}

    /**
     * One FT0113 for each target that no provider serves.
     *
     * @param present the ids of the providers that ServiceLoader finds
     */
    public static List<Problem> inspect(FineTuneJob job, Set<ProviderId> present) {
        Collection<String> ids =
                new TreeSet<>(present.stream().map(ProviderId::value).toList());
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < job.targets().size(); i++) {
            ProviderId target = job.targets().get(i);
            if (!present.contains(target)) {
                problems.add(absent(target.value(), "targets[" + i + "]", ids));
            }
        }
        return problems;
    }

    private static Problem absent(String target, String path, Collection<String> present) {
        Problem.Builder problem = JobProblems.TARGET_ABSENT
                .error("no provider on the class path is called \"" + target + '"')
                .at(Location.ofKey(path))
                .because(present.isEmpty() ? "there is none at all" : "there are these: " + String.join(", ", present));
        Optional<String> near = Spelling.nearest(target, present);
        near.ifPresent(name -> problem.remedy("targets: [" + name + "]"));
        if (near.isEmpty()) {
            if (present.contains(ProviderId.LOCAL.value())) {
                problem.remedy("targets: [local]");
            }
            problem.remedy("add the artifact that brings " + target
                    + " to the class path; dev.finetune4j:finetune4j-bom names all");
        }
        return problem.build();
    }
}
