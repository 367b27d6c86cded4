package dev.finetune4j.engine.plan;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.spec.JobProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * A plan as it was saved, which a launch is held against. Its digest is over all of it, so that a change by hand shows.
 *
 * @param jobFile path of the job file, relative to the folder of the saved plan
 * @param plan the plan; it has a choice
 * @param digest SHA-256 over job file and plan, lower-case hex
 */
public record SavedPlan(String jobFile, Plan plan, String digest) {
    private static final int MAX_BYTES = 64 << 20;
    /** For whoever reads of a plan that does not say what job it is of. */
    private static final String SOME_JOB = "job.yaml";

    /** A plan that is to be saved. */
    static SavedPlan of(String jobFile, Plan plan) {
        return new SavedPlan(jobFile, plan, digest(jobFile, plan));
    }

    private static String digest(String jobFile, Plan plan) {
        return Json.sha256((jobFile + "\n" + Json.digest(plan)).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Saves a plan.
     *
     * @param jobFile the job file
     * @param plan a plan that has a choice
     * @param target where; nothing must be there
     * @throws FineTuneException with FT0766 if something is there, or it cannot be written
     */
    public static SavedPlan write(Path jobFile, Plan plan, Path target) {
        Path folder = folder(target);
        SavedPlan saved =
                of(folder.relativize(jobFile.toAbsolutePath().normalize()).toString(), plan);
        try {
            createWhole(target, Json.pretty(saved) + "\n");
            return saved;
        } catch (IOException e) {
            Problem.Builder problem = PlanProblems.NOT_SAVED
                    .error("the plan cannot be saved to " + target)
                    .at(Location.of(target.toString()));
            if (e instanceof FileAlreadyExistsException) {
                throw problem.because("there is one already, and a plan is never changed")
                        .remedy("rm " + ShellWord.of(target.toString()))
                        .asException(e);
            }
            if (!Files.isDirectory(folder)) {
                throw problem.because("there is no folder " + folder)
                        .remedy("mkdir -p " + ShellWord.of(folder.toString()))
                        .asException(e);
            }
            throw problem.because(FileReason.of(e)).asException(e);
        }
    }

    /**
     * Half a plan would stand in the way of a whole one, so that it is written beside its place first, under a name that is nobody's. A
     * temporary file of Java's would be for its owner alone, and a plan is for whoever launches it.
     */
    private static void createWhole(Path target, String text) throws IOException {
        Path fresh = target.resolveSibling("." + UUID.randomUUID() + ".new");
        try {
            Files.writeString(fresh, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            putWhereNothingIs(target, fresh);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** A move looks first and moves then, so that of two that come at once the later would win; a link is made once. */
    private static void putWhereNothingIs(Path target, Path fresh) throws IOException {
        try {
            Files.createLink(target, fresh);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.move(fresh, target); // some disks have no links
        }
    }

    /**
     * The plan in a file; empty where the file is none, such as a job file.
     *
     * @throws FineTuneException with FT0764 if it was changed since it was saved, is of another version, or holds nothing
     */
    public static Optional<SavedPlan> read(Path file) {
        try {
            if (!file.toString().endsWith(".json") || !Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                return Optional.empty();
            }
            String written = Files.readString(file);
            // A shell of Windows puts a byte order mark before what it writes, which changes no word of the plan.
            String text = written.startsWith("\uFEFF") ? written.substring(1) : written;
            JsonNode tree = Json.records().readTree(text);
            if (tree.isMissingNode() || (tree.isContainerNode() && tree.isEmpty())) {
                throw damaged(file, "it holds nothing: neither a plan nor a job", SOME_JOB)
                        .asException();
            }
            if (!tree.path("plan").isObject() || !tree.path("digest").isTextual()) {
                return Optional.empty();
            }
            SavedPlan saved = Json.read(text, SavedPlan.class);
            String job = saved.jobFile(file).toString(); // refuses what is no path on this machine
            if (!saved.digest().equals(digest(saved.jobFile(), saved.plan()))) {
                throw damaged(file, "its digest is not that of its content", job)
                        .asException();
            }
            if (saved.plan().choice().isEmpty()) {
                throw damaged(file, "it has no choice", job).asException();
            }
            return Optional.of(saved);
        } catch (JsonParseException e) {
            throw damaged(file, "it is no JSON, or a part of some: was it copied to its end?", SOME_JOB)
                    .asException(e);
        } catch (IOException | UncheckedIOException | NullPointerException | IllegalArgumentException e) {
            throw damaged(file, "it is no plan of this version", SOME_JOB).asException(e);
        }
    }

    /** Names the job file itself: whoever tells it knows that of the plan alone, which is no job. */
    private static Problem.Builder damaged(Path file, String why, String job) {
        return PlanProblems.CHANGED
                .error(file + " is not the plan that was saved")
                .at(Location.of(file.toString()))
                .because(why)
                .remedy("finetune plan " + ShellWord.of(job) + " --save other.json");
    }

    /** The job file, where the saved plan lies in {@code file}. */
    public Path jobFile(Path file) {
        return folder(file).resolve(jobFile).normalize();
    }

    /**
     * The job file, which must be there.
     *
     * @throws FineTuneException with FT0101 if there is none, as where the saved plan was moved and the job file was not
     */
    public Path foundJobFile(Path file) {
        Path job = jobFile(file);
        if (Files.exists(job)) {
            return job;
        }
        throw JobProblems.UNREADABLE
                .error("cannot read the job file " + job)
                .at(Location.of(file.toString()))
                .because("a saved plan names its job file relative to itself, as " + jobFile
                        + ", and there is none: one of them was moved without the other")
                .remedy("mv " + ShellWord.of(file.toString()) + " FOLDER    # from which " + jobFile
                        + " leads to the job file")
                .asException();
    }

    private static Path folder(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** The option that was chosen. */
    public PlanOption choice() {
        return plan.choice().orElseThrow();
    }
}
