package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.json.Durations;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The command that a plan was asked for by, as it can be pasted.
 *
 * @param asked which offers whoever asked has left out, and not the job
 * @param request what the plan was asked for
 */
record PlanCommand(OfferFilter asked, PlanRequest request) {
    /** The command with the sizes that were said of the model, without which it is not known. */
    String words() {
        Architecture said = request.said();
        return "finetune plan JOB"
                + (said == null
                        ? ""
                        : " --hidden-size " + said.hiddenSize() + " --layers " + said.layers() + " --vocabulary "
                                + said.vocabulary());
    }

    /** The command with limits that are wider, and with all else that was asked: without it another question would be answered. */
    String with(List<String> wider) {
        List<String> words = new ArrayList<>(List.of(words()));
        addFlag(
                words,
                "--target",
                asked.targets().stream().map(ProviderId::value).toList());
        addFlag(words, "--region", asked.regions());
        asked.gpus().forEach(gpu -> words.add("--gpu " + gpu));
        if (asked.spot() != OfferFilter.Spot.NEVER) {
            words.add("--spot " + asked.spot().name().toLowerCase(Locale.ROOT));
        }
        if (request.objective() != Objective.BALANCED) {
            words.add("--optimize " + request.objective());
        }
        words.addAll(wider);
        Money maxCost = request.maxCost();
        if (maxCost != null && wider.stream().noneMatch(flag -> flag.startsWith("--max-cost"))) {
            words.add("--max-cost \"" + maxCost + "\"");
        }
        Duration deadline = request.deadline();
        if (deadline != null && wider.stream().noneMatch(flag -> flag.startsWith("--deadline"))) {
            words.add("--deadline " + Durations.format(deadline));
        }
        return String.join(" ", words);
    }

    private static void addFlag(List<String> words, String flag, List<String> values) {
        if (!values.isEmpty()) {
            words.add(flag + " " + String.join(",", values));
        }
    }
}
