package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.openai.TuningJobs.Launched;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What happened to a job: that it was taken, what the service tells while it goes on, and once it has ended the figures of its steps, what came of
 * the launch besides, and the end. Each thing has a name of its own, by which readers go on: the service tells some twice, and the newest first.
 * A cursor names the job, too: of two that came of one launch, another may be kept than was before, whose events are told from the start.
 */
final class JobHistory {
    private static final String TAKEN = "taken";
    private static final String END = "end";

    private JobHistory() {}

    /**
     * The events after a cursor.
     *
     * @param told what the service tells, in any order
     * @param figures of the steps, asked for once the job has succeeded
     * @param way in which its model is deployed where nobody names one
     * @throws FineTuneException with FT0987 if the cursor is of no job of the launch
     */
    static EventPage after(
            RunId id,
            Launched launched,
            JobSnapshot snapshot,
            List<JsonNode> told,
            Supplier<List<RunEvent>> figures,
            String way,
            String cursor) {
        Map<String, RunEvent> all = new LinkedHashMap<>();
        all.put(
                TAKEN,
                new RunEvent.StateChanged(snapshot.submittedAt(), RunState.STARTING, "Azure OpenAI took the job"));
        addTold(all, told);
        Instant end = snapshot.endedAt();
        if (end != null) {
            addEnd(all, launched, snapshot, end, figures, way);
        }
        List<String> names = new ArrayList<>(all.keySet());
        String job = launched.job().id() + "/";
        boolean isOfTheStart = cursor.equals(EventPage.START)
                || launched.twins().stream().anyMatch(twin -> cursor.startsWith(twin.id() + "/"));
        int from = isOfTheStart || !cursor.startsWith(job) ? 0 : names.indexOf(cursor.substring(job.length())) + 1;
        if (from == 0 && !isOfTheStart) {
            throw AzureOpenAiErrors.foreignCursor(id, cursor);
        }
        return new EventPage(
                new ArrayList<>(all.values()).subList(from, all.size()), job + names.get(names.size() - 1));
    }

    /** What the service tells besides figures of steps, oldest first and each once. */
    private static void addTold(Map<String, RunEvent> all, List<JsonNode> told) {
        List<JsonNode> inOrder = new ArrayList<>();
        for (int i = told.size() - 1; i >= 0; i--) { // the newest comes first
            inOrder.add(told.get(i));
        }
        inOrder.sort(Comparator.comparing(one -> one.path("created_at").asLong()));
        RunState state = RunState.STARTING;
        for (JsonNode one : inOrder) {
            String message = one.path("message").asText("").strip();
            if (!message.isEmpty() && !one.path("type").asText().equals("metrics")) {
                state = state(message, state);
                all.putIfAbsent(
                        "event-" + one.path("id").asText(),
                        new RunEvent.StateChanged(
                                Instant.ofEpochSecond(one.path("created_at").asLong()), state, message));
            }
        }
    }

    /** What a message says of the state, where it says something. */
    private static RunState state(String message, RunState before) {
        String words = message.toLowerCase(Locale.ROOT);
        if (words.startsWith("validating")) {
            return RunState.DOWNLOADING;
        }
        return words.contains("job started") || words.contains("started training") || words.startsWith("preprocessing")
                ? RunState.TRAINING
                : before;
    }

    private static void addEnd(
            Map<String, RunEvent> all,
            Launched launched,
            JobSnapshot snapshot,
            Instant end,
            Supplier<List<RunEvent>> figures,
            String way) {
        if (snapshot.state() == RunState.SUCCEEDED) {
            int number = 0;
            for (RunEvent figure : figures.get()) {
                all.put("figure-" + ++number, figure);
            }
        }
        if (!launched.twins().isEmpty()) {
            all.put("twins", new RunEvent.Noticed(end, twins(snapshot.id(), launched)));
        }
        if (snapshot.state() == RunState.SUCCEEDED && launched.job().tunedModel() != null) {
            Problem kept = kept(snapshot.id(), launched.job(), way);
            all.put("kept", new RunEvent.Noticed(end, kept, RunEvent.Noticed.Subject.COMPARISON));
        }
        String reason = snapshot.failure().map(Problem::summary).orElse("");
        all.put(END, new RunEvent.StateChanged(end, snapshot.state(), reason));
    }

    private static Problem twins(RunId id, Launched launched) {
        Problem.Builder problem = AzureOpenAiProblems.TWINS
                .warning(launched.twins().size() + 1 + " jobs came of one launch of " + id + ", of which "
                        + launched.job().id() + " was kept")
                .because("an answer was lost, and Azure OpenAI knows no name for a job that is not there yet");
        launched.twins()
                .forEach(twin -> problem.because(twin.id() + " was told to end, and billed for "
                        + (twin.trainedTokens() == null
                                ? "what it trained until then, which is not told"
                                : twin.trainedTokens() + " tokens")));
        return problem.remedy("finetune show " + id).build();
    }

    private static Problem kept(RunId id, TuningJob job, String way) {
        String deployed = "Azure OpenAI keeps " + job.tunedModel()
                + " and lets it answer only once it is deployed, which as " + way + " " + DeploymentWays.cost(way);
        Problem.Builder problem =
                AzureOpenAiProblems.NOT_COMPARED.warning("base and tuned model of " + id + " were not compared");
        if (job.isOfPreferences()) {
            problem.because("whether pairs of preferences were learned no metric of finetune4j tells");
        }
        return problem.because(deployed)
                .remedy("finetune host " + id + "    # shows what that costs, and asks")
                .build();
    }

    /** An event as a line of a log: its time, and what was told. */
    static String line(RunEvent event) {
        return event.at() + " " + words(event);
    }

    private static String words(RunEvent event) {
        if (event instanceof RunEvent.StateChanged changed) {
            String state = changed.state().name().toLowerCase(Locale.ROOT);
            return changed.message().isEmpty() ? state : state + ": " + changed.message();
        } else if (event instanceof RunEvent.StepCompleted step) {
            return "step " + step.step() + "/" + step.steps() + " training loss " + step.loss();
        } else if (event instanceof RunEvent.ValidationCompleted validation) {
            return "step " + validation.step() + " validation loss " + validation.loss();
        } else if (event instanceof RunEvent.Noticed noticed) {
            return noticed.problem().code() + ": " + noticed.problem().summary();
        }
        return event.toString();
    }
}
