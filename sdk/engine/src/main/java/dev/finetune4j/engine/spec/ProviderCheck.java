package dev.finetune4j.engine.spec;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds the targets of a job against the providers that are on the class path. */
public final class ProviderCheck {
    /** Which artifact of finetune4j brings which provider. */
    private static final Map<String, String> ARTIFACTS = Map.of(
            "local", "finetune4j-worker",
            "sagemaker", "finetune4j-aws",
            "jumpstart", "finetune4j-aws",
            "bedrock", "finetune4j-aws",
            "azure-ml", "finetune4j-azure",
            "azure-openai", "finetune4j-azure");

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
        String here = present.isEmpty()
                ? "no provider is on the class path"
                : "on the class path: " + String.join(", ", present);
        String artifact = ARTIFACTS.get(target);
        Problem.Builder problem = JobProblems.TARGET_ABSENT
                .error(
                        artifact == null
                                ? "no provider is called \"" + target + '"'
                                : "the target " + target + " needs the artifact " + artifact)
                .at(Location.ofKey(path))
                .because(here);
        if (artifact != null) {
            problem.because(target + " is brought by dev.finetune4j:" + artifact);
        } else {
            Spelling.nearest(target, present)
                    .or(() -> Spelling.nearest(target, ARTIFACTS.keySet()))
                    .ifPresent(near -> problem.remedy("targets: [" + near + "]"));
        }
        if (present.contains(ProviderId.LOCAL.value())) {
            problem.remedy("targets: [local]");
        }
        if (artifact != null) {
            problem.remedy("add dev.finetune4j:" + artifact + " to the class path");
        }
        return problem.build();
    }
}
