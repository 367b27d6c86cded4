package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.TokenFigures;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.Proposal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A job whose rows and model lie on this machine and were looked at.
 *
 * @param file the job
 * @param data its rows, in a cache that later preparations may write to
 * @param model its base model
 * @param check what the rows look like and what is wrong with them, or with the job
 */
public record PreparedJob(JobFile file, PreparedData data, ModelFiles model, DatasetCheckReport check) {
    /** Digest over job, data and model, lower-case hex; the same digest is the same work. */
    public String digest() {
        return Json.digest(Map.of("job", Json.digest(file.job()), "data", data.digest(), "model", model.digest()));
    }

    /** What a place is told of it before it is launched. */
    public Proposal proposal() {
        TokenFigures tokens = check.tokens();
        long trainingRows = check.profile().rowsByPart().getOrDefault(Part.TRAIN, 0L);
        return new Proposal(
                file.job(),
                model,
                new Proposal.RowLengths(
                        trainingRows, tokens.longestTokens(), tokens.largestBatchTokens(), tokens.limitTokens()));
    }

    /** With more problems, in front of those that were found; all that point at a key of the job are placed in its file. */
    PreparedJob withProblems(List<Problem> more) {
        List<Problem> problems = Stream.concat(more.stream(), check.problems().stream())
                .map(file::placed)
                .toList();
        List<Problem> warnings = data.warnings().stream().map(file::placed).toList();
        return new PreparedJob(
                file, new PreparedData(data.folder(), data.record(), warnings), model, check.withProblems(problems));
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "PreparedJob[" + file.job().name() + ", " + digest() + "]";
    }
}
