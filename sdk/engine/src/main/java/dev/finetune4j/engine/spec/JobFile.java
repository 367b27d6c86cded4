package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.plan.PlanOption;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A job as it was read from a file, or as it was made in Java.
 *
 * <p>The record holds paths as they were written, so that its digest is the same on every machine; {@code baseFolder} says what
 * they are relative to.
 *
 * @param source the file as the user named it, for messages
 * @param job the job, defaults filled in
 * @param baseFolder the folder that relative paths of the job start from
 * @param resolved every setting with where it comes from
 */
public record JobFile(String source, FineTuneJob job, Path baseFolder, ResolvedJob resolved) {
    private static final String METHOD = "method";
    private static final String LEARNING_RATE = "training.learning-rate";
    private static final String TARGETS = "targets";

    /** A job file is read up to this size. */
    public static final int MAX_BYTES = 1 << 20;

    /**
     * Reads a job file.
     *
     * @param environment what {@code ${env:NAME}} is taken from
     * @param profile what it need not say of its places
     * @throws FineTuneException with FT0101, FT0102 or FT0103 if the file cannot be read, or with every problem of FT0104 to
     *     FT0112 that it has
     */
    public static JobFile read(Path file, Map<String, String> environment, Profile profile) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path base = folder == null ? file.toAbsolutePath() : folder;
        return parse(text(file), file.toString(), base, environment, profile);
    }

    /**
     * Reads the text of a job file, by itself.
     *
     * @param source its name in messages
     * @param baseFolder what relative paths in it start from
     * @param environment what {@code ${env:NAME}} is taken from
     * @throws FineTuneException with FT0102 or FT0103 if the text cannot be read, or with every problem of FT0104 to FT0112
     */
    public static JobFile parse(String text, String source, Path baseFolder, Map<String, String> environment) {
        return parse(text, source, baseFolder, environment, Profile.NONE);
    }

    private static JobFile parse(
            String text, String source, Path baseFolder, Map<String, String> environment, Profile profile) {
        if (text.length() > MAX_BYTES) {
            throw tooLarge(source, text.length());
        }
        List<Problem> problems = new ArrayList<>();
        YamlNode root = YamlReader.read(text, source, problems);
        Places places = new Places(source);
        ObjectNode written = new JobReader(environment, places, problems).read(root);
        profile.fill(written, places);
        ObjectNode all = withDefaults(written);
        JobRules.inspect(written, all, places, problems);
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        FineTuneJob job = convert(all);
        return new JobFile(source, job, baseFolder, ResolvedJob.of(job, places, null));
    }

    /**
     * Wraps a job that was made in Java.
     *
     * @param baseFolder what relative paths in it start from
     * @throws FineTuneException with FT0106, FT0108, FT0109 or FT0111 if its settings don't go together
     */
    public static JobFile of(FineTuneJob job, Path baseFolder) {
        List<Problem> problems = new ArrayList<>();
        Places nowhere = new Places(Location.JOB);
        JsonNode tree = JobTree.of(job);
        JobRules.inspect(tree, tree, nowhere, problems);
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new JobFile(Location.JOB, job, baseFolder, ResolvedJob.of(job, nowhere, new Origin.InCode()));
    }

    /** Whether the file says nothing of how weights are tuned, so that the model may decide. */
    public boolean leavesMethodOpen() {
        return resolved.leavesOpen(METHOD);
    }

    /** Where the job is to run, as its author said; empty where nobody said so. A job made in code says nothing by the default. */
    public List<ProviderId> saidTargets() {
        boolean isDefault = source.equals(Location.JOB) && job.targets().equals(List.of(ProviderId.LOCAL));
        return isDefault || resolved.leavesOpen(TARGETS) ? List.of() : job.targets();
    }

    /** Whether its model decided how weights are tuned. */
    public boolean isMethodOfModel() {
        return resolved.values().stream()
                .anyMatch(value -> value.key().equals(METHOD + ".kind") && value.origin() instanceof Origin.ByModel);
    }

    /** The same job with a method, and its learning rate where the file says none, that were chosen for its model. */
    public JobFile withMethodOfModel(TuningMethod method) {
        ResolvedJob chosen = resolved.chosen(METHOD, Map.of(METHOD + ".kind", method.kind()));
        TrainingSpec training = job.training();
        if (resolved.leavesOpen(LEARNING_RATE)) {
            double rate = method.defaultLearningRate();
            training = training.toBuilder().learningRate(rate).build();
            chosen = chosen.chosen(LEARNING_RATE, Map.of(LEARNING_RATE, YamlText.number(rate)));
        }
        return new JobFile(
                source, job.toBuilder().method(method).training(training).build(), baseFolder, chosen);
    }

    /** The same job at one place; the job itself where that is its first choice already. */
    public JobFile at(ProviderId target) {
        if (job.targets().get(0).equals(target)) {
            return this;
        }
        return new JobFile(source, job.toBuilder().targets(List.of(target)).build(), baseFolder, resolved);
    }

    /** The same job at the place of an option, on the machine or with the model that was chosen. */
    public JobFile at(PlanOption option) {
        if (option.offer() == null) {
            return at(option.target());
        }
        FineTuneJob placed = job.toBuilder()
                .targets(List.of(option.target()))
                .place(option.target(), PlaceSettings.with(job.settingsOf(option.target()), option.offer()))
                .build();
        return new JobFile(source, placed, baseFolder, resolved);
    }

    /** Writes a job as a job file: what differs from the defaults. Reading it back gives an equal job. */
    public static String write(FineTuneJob job) {
        return JobWriter.write(job);
    }

    /** The problem with line and column of this file where it points at a key and could not know them. */
    public Problem placed(Problem problem) {
        return problem.place()
                .filter(Location.InFile.class::isInstance)
                .map(Location.InFile.class::cast)
                .filter(place -> place.source().equals(Location.JOB) && place.line() == 0)
                .flatMap(place -> Optional.ofNullable(place.key()))
                .map(key -> problem.at(resolved.placeOf(key, source)))
                .orElse(problem);
    }

    /** The failure with every problem {@linkplain #placed(Problem) placed}. */
    public FineTuneException placed(FineTuneException failure) {
        List<Problem> placed = failure.problems().stream().map(this::placed).toList();
        return placed.equals(failure.problems()) ? failure : new FineTuneException(placed, failure.getCause());
    }

    /** Names the file and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "JobFile[" + source + ", " + job.name() + "]";
    }

    private static ObjectNode withDefaults(ObjectNode written) {
        JsonNode kind = written.at("/method/kind");
        ObjectNode all = kind.isTextual() ? Shapes.defaults(kind.textValue()) : Shapes.defaults();
        merge(all, written);
        return all;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(entry -> {
            JsonNode old = into.get(entry.getKey());
            if (old instanceof ObjectNode oldMapping && entry.getValue() instanceof ObjectNode mapping) {
                merge(oldMapping, mapping);
            } else {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static FineTuneJob convert(JsonNode all) {
        try {
            return Json.jobs().treeToValue(all, FineTuneJob.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the checks of the job file let through what the record refuses", e);
        }
    }

    /** What stands in a file that may be a job's. */
    static String text(Path file) {
        byte[] bytes;
        if (Files.exists(file) && !Files.isDirectory(file) && !Files.isRegularFile(file)) {
            throw JobProblems.UNREADABLE
                    .error("cannot read the job file " + file)
                    .at(Location.of(file.toString()))
                    .because("it is a pipe or a device: it may never end")
                    .remedy("cat " + ShellWord.of(file.toString()) + " > copy.yaml")
                    .asException();
        }
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge(file.toString(), Math.max(bytes.length, Files.size(file)));
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return decode(bytes, file.toString());
    }

    private static String decode(byte[] bytes, String source) {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        try {
            String text = utf8.decode(input).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            long line = 1;
            for (int i = 0; i < input.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw JobProblems.BROKEN_YAML
                    .error("the file is not UTF-8")
                    .at(new Location.InFile(source, line, 0, null))
                    .because(String.format(Locale.ROOT, "byte %d is 0x%02X", input.position(), bytes[input.position()]))
                    .remedy("iconv -f " + (isUtf16(bytes) ? "UTF-16" : "WINDOWS-1252") + " -t UTF-8 "
                            + ShellWord.of(source) + " > utf8.yaml")
                    .asException(e);
        }
    }

    private static boolean isUtf16(byte[] bytes) {
        int first = bytes[0] & 0xFF;
        int second = bytes.length > 1 ? bytes[1] & 0xFF : 0;
        return (first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF);
    }

    private static FineTuneException unreadable(Path file, IOException cause) {
        Problem.Builder problem =
                JobProblems.UNREADABLE.error("cannot read the job file " + file).at(Location.of(file.toString()));
        if (cause instanceof NoSuchFileException) {
            problem.because("there is no such file in "
                    + file.toAbsolutePath().normalize().getParent());
        } else if (Files.isDirectory(file)) {
            problem.because("it is a folder")
                    .remedy("finetune check "
                            + ShellWord.of(file.resolve("job.yaml").toString()));
        } else if (cause instanceof AccessDeniedException) {
            problem.because("its permissions forbid it").remedy("chmod u+r " + ShellWord.of(file.toString()));
        } else {
            problem.because(FileReason.of(cause));
        }
        return problem.asException(cause);
    }

    private static FineTuneException tooLarge(String source, long size) {
        return JobProblems.TOO_LARGE
                .error("the job file is too large")
                .at(Location.of(source))
                .because(size + " bytes, at most " + MAX_BYTES)
                .asException();
    }
}
