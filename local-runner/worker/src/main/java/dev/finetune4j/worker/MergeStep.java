package dev.finetune4j.worker;

import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.run.GgufType;
import dev.finetune4j.run.MergedModel;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.training.problem.WriteFailure;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Does {@link WorkStep.Merge}: writes the merged model, loads what it wrote, and compares it with the tuned model before it gets its
 * name.
 */
final class MergeStep {
    private final WorkSite site;
    private final WorkStep.Merge step;

    MergeStep(WorkSite site, WorkStep.Merge step) {
        this.site = site;
        this.step = step;
    }

    boolean isComplete() {
        return Files.exists(report());
    }

    /** What it does; of a model whose weights were trained themselves there is no adapter. */
    String words() {
        return site.tunedModel().adapter().isPresent()
                ? "merging the adapter into the weights"
                : "writing the tuned model as one of its own";
    }

    void run() {
        MergedParts parts = parts();
        Path folder = site.folder().output().resolve(WorkOrder.MERGED_FOLDER);
        Path partial = folder.resolveSibling(WorkOrder.MERGED_FOLDER + DurableFiles.PARTIAL);
        try {
            site.say("writing the merged weights in " + parts.format().stored());
            DurableFiles.deleteTree(partial);
            Files.createDirectories(partial);
            double difference = parts.write(partial);
            refuseDifferent(difference, parts);
            DurableFiles.forceTree(partial);
            DurableFiles.moveFolder(partial, folder);
            long bytes = Files.size(folder.resolve(isGguf() ? WorkOrder.GGUF_FILE : WorkOrder.SAFETENSORS_FILE));
            DurableFiles.write(
                    report(), Json.line(new MergedModel(parts.format(), bytes, difference, parts.compared())));
        } catch (IOException e) {
            WriteFailure.discard(partial, e);
            throw WriteFailure.of("merged model", folder, e);
        }
    }

    private MergedParts parts() {
        TunedModel tuned = site.tunedModel();
        if (tuned.method().virtualTokens() > 0) {
            throw WorkerProblems.NOT_MERGEABLE
                    .error("virtual tokens cannot be merged into the weights")
                    .because("they stand in front of each text and change no weight")
                    .asException();
        }
        Optional<EncoderConfig> encoder = ModelFolder.open(site.baseModel()).encoder();
        if (encoder.isEmpty()) {
            return new MergedDecoder(site, tuned, step.format());
        }
        if (isGguf()) {
            throw ModelFilesProblems.GGUF_UNWRITTEN
                    .error("an encoder with a head is not written as GGUF")
                    .because("llama.cpp has no place for the head that was trained")
                    .remedy("finetune export RUN --to FOLDER --format hf")
                    .asException();
        }
        return new MergedEncoder(site, tuned, encoder.get().vocabularySize());
    }

    private boolean isGguf() {
        return step.format() instanceof ModelFormat.Gguf;
    }

    private void refuseDifferent(double difference, MergedParts parts) {
        if (!(difference <= parts.tolerance())) {
            Problem.Builder problem = WorkerProblems.MERGE_DIFFERS
                    .error("the merged model differs from the tuned model")
                    .because(String.format(
                            Locale.ROOT,
                            "a log-probability by up to %.2g nats; %.2g are allowed in %s",
                            difference,
                            parts.tolerance(),
                            parts.format().stored()));
            if (parts.format() instanceof ModelFormat.Gguf gguf) {
                problem.remedy(
                        gguf.type() == GgufType.F32
                                ? "finetune export RUN --to FOLDER --format hf"
                                : "finetune export RUN --to FILE.gguf --type f32");
            }
            throw problem.asException();
        }
    }

    private Path report() {
        return site.folder().output().resolve(WorkOrder.MERGED_FILE);
    }
}
