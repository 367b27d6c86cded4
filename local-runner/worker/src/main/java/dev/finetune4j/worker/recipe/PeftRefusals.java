package dev.finetune4j.worker.recipe;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What of a job the engine on transformers and PEFT does not do. It is told, never done in another way. */
final class PeftRefusals {
    private PeftRefusals() {}

    /** All that is refused before a file is read. */
    static List<Problem> of(Submission submission) {
        List<Problem> problems = new ArrayList<>();
        WorkOrder order = submission.order();
        for (WorkStep step : order.steps()) {
            ofStep(step).ifPresent(problems::add);
        }
        boolean trains = order.steps().stream().anyMatch(WorkStep.Train.class::isInstance);
        boolean answersTuned =
                order.answers().stream().anyMatch(answer -> answer.variant().isTuned());
        if (submission.channels().containsKey(WorkOrder.ADAPTER_CHANNEL) || (answersTuned && !trains)) {
            problems.add(refused("an earlier adapter", "it starts from fresh adapters only", "finetune run")
                    .build());
        }
        return problems;
    }

    /** All that is refused of a training by its method and by what its model is. */
    static List<Problem> of(TuningMethod method, boolean speaks, boolean isGguf) {
        return Stream.of(
                        speaks ? ofMethod(method) : Optional.<Problem>empty(),
                        isGguf ? ofGguf(method) : Optional.<Problem>empty())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Of answers without a training: what labels an encoder tells apart is known of its training. */
    static List<Problem> untrained(boolean speaks) {
        return speaks
                ? List.of()
                : List.of(refused(
                                "answers of an encoder that it does not train",
                                "its labels come from a training",
                                "finetune run")
                        .build());
    }

    /** The core leaves the blocks of a GGUF file as they are; packed anew, they would be those of another model. */
    private static Optional<Problem> ofGguf(TuningMethod method) {
        return method instanceof QloraTuning
                ? Optional.of(refused(
                                "QLoRA on a GGUF file",
                                "it would pack anew what the file has packed already",
                                "method: lora")
                        .remedy("targets: [local]")
                        .at(Location.ofKey("method"))
                        .build())
                : Optional.empty();
    }

    private static Optional<Problem> ofMethod(TuningMethod method) {
        return method instanceof HeadTuning
                ? Optional.of(refused("method: head on a decoder", "a decoder has no such head", "method: lora")
                        .at(Location.ofKey("method"))
                        .build())
                : Optional.empty();
    }

    private static Optional<Problem> ofStep(WorkStep step) {
        if (step instanceof WorkStep.Train || step instanceof WorkStep.Predict) {
            return Optional.empty();
        }
        if (step instanceof WorkStep.Merge) {
            return Optional.of(refused("merging an adapter", "it leaves the adapter as it is", "finetune export RUN")
                    .build());
        }
        String what = step instanceof WorkStep.Rehearse
                ? "a rehearsal"
                : step instanceof WorkStep.Verify
                        ? "a replay of checkpoints"
                        : "answering questions that somebody asks";
        return Optional.of(refused(what, "its orders are trainings and evaluations", "targets: [local]")
                .build());
    }

    private static Problem.Builder refused(String what, String why, String remedy) {
        return WorkerProblems.NOT_IN_PEFT_ENGINE
                .error("the engine for cloud GPUs does not do " + what)
                .because(why)
                .remedy(remedy);
    }
}
