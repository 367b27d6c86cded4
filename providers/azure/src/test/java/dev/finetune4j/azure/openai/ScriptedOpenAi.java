package dev.finetune4j.azure.openai;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.azure.internal.Answered;
import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** A resource with files and jobs, which loses answers as it is told to, and whose list of jobs may be behind. */
final class ScriptedOpenAi implements HttpClient {
    private static final Pattern FILE_NAME = Pattern.compile("name=\"file\"; filename=\"([^\"]+)\"");
    private static final Pattern FILE_TYPE = Pattern.compile("filename=\"[^\"]+\"\r\nContent-Type: \\S+");

    /** What becomes of a call that makes something. */
    enum Fate {
        ANSWERED,
        /** It never arrives. */
        LOST,
        /** It arrives, and its answer does not. */
        ANSWER_LOST,
        /** It arrives, and is answered with an error of the service's own. */
        ERROR_AFTER,
        /** It is not taken, since too many came. */
        BUSY,
        /** It is refused. */
        REFUSED
    }

    /** A job, and when the list shows it. */
    private record Made(ObjectNode job, Instant shown) {}

    final VirtualClock clock;
    final Deque<Fate> fates = new ArrayDeque<>();
    final List<String> calls = new ArrayList<>();
    final List<ObjectNode> files = new ArrayList<>();
    private final List<Made> jobs = new ArrayList<>();
    private Duration behind = Duration.ZERO;
    private Duration busyFor = Duration.ofSeconds(7);
    private Instant filesShown = Instant.MIN;
    private boolean hasPages = true;
    private int deniedLooks;
    private boolean hasUploads = true;
    private boolean tellsUploads = true;
    private int pendingLooks;

    ScriptedOpenAi(VirtualClock clock) {
        this.clock = clock;
    }

    /** Its list shows a job so long after it was made. */
    ScriptedOpenAi behind(Duration time) {
        behind = time;
        return this;
    }

    /** Where it is busy, it asks to come again so late. */
    ScriptedOpenAi busyFor(Duration time) {
        busyFor = time;
        return this;
    }

    /** Its list of files shows none before then. */
    ScriptedOpenAi filesHiddenFor(Duration time) {
        filesShown = clock.instant().plus(time);
        return this;
    }

    /** As a gateway that drops {@code after}: each page is the first one, and says that there are more. */
    ScriptedOpenAi withoutPages() {
        hasPages = false;
        return this;
    }

    /** It denies so many looks at its files. */
    ScriptedOpenAi denyingLooks(int looks) {
        deniedLooks = looks;
        return this;
    }

    /** It reads a file by the time of so many looks at it. */
    ScriptedOpenAi readingFor(int looks) {
        pendingLooks = looks;
        return this;
    }

    ScriptedOpenAi withoutUploads() {
        hasUploads = false;
        return this;
    }

    /** What comes of an upload is not in its answer, but in the list of files. */
    ScriptedOpenAi silentOnUploads() {
        tellsUploads = false;
        return this;
    }

    ScriptedOpenAi fate(Fate fate) {
        fates.add(fate);
        return this;
    }

    /** Jobs as they are, the first made first. */
    List<JsonNode> made() {
        return jobs.stream().map(one -> (JsonNode) one.job()).toList();
    }

    /** Ends a job. */
    void end(int job, String status) {
        jobs.get(job)
                .job()
                .put("status", status)
                .put("finished_at", clock.instant().getEpochSecond());
    }

    /** A job as somebody else launches it. */
    void launch(String trainingFile) {
        make(Json.records().createObjectNode().put("training_file", trainingFile));
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        String path = request.getUrl().getPath().replaceFirst("^/openai/(v1/)?", "");
        calls.add(request.getHttpMethod() + " " + path);
        try {
            return Mono.just(answer(request, path));
        } catch (UncheckedIOException e) {
            return Mono.error(e);
        }
    }

    private HttpResponse answer(HttpRequest request, String path) {
        if (request.getHttpMethod() == HttpMethod.POST && !path.endsWith("/cancel")) {
            Fate fate = fates.isEmpty() ? Fate.ANSWERED : fates.removeFirst();
            return switch (fate) {
                case ANSWERED -> post(request, path);
                case LOST -> throw new UncheckedIOException(new IOException("Connection reset"));
                case ANSWER_LOST -> {
                    var unused = post(request, path);
                    throw new UncheckedIOException(new IOException("Connection reset"));
                }
                case ERROR_AFTER -> {
                    var unused = post(request, path);
                    yield Answered.to(503, "{\"error\":{\"code\":\"ServiceUnavailable\",\"message\":\"busy\"}}");
                }
                case BUSY ->
                    Answered.to(429, "{\"error\":{\"code\":\"429\",\"message\":\"too many\"}}")
                            .with(HttpHeaderName.RETRY_AFTER, String.valueOf(busyFor.toSeconds()));
                case REFUSED ->
                    Answered.to(
                                    400,
                                    "{\"error\":{\"code\":\"invalidPayload\",\"message\":\"training file not taken\"}}")
                            .with(HttpHeaderName.fromString("apim-request-id"), "c0ffee");
            };
        }
        return other(request, path);
    }

    private HttpResponse post(HttpRequest request, String path) {
        String body = request.getBodyAsBinaryData().toString();
        if (path.equals("files")) {
            Matcher name = FILE_NAME.matcher(body);
            if (!name.find() || !FILE_TYPE.matcher(body).find()) {
                return Answered.to(400, "{\"error\":{\"code\":\"invalidPayload\",\"message\":\"no content type\"}}");
            }
            return ok(file(name.group(1)));
        }
        if (path.equals("uploads")) {
            String wish = Json.read(body, JsonNode.class).path("filename").asText();
            return hasUploads
                    ? ok(Json.records().createObjectNode().put("id", wish))
                    : Answered.to(404, "{\"error\":{\"code\":\"404\",\"message\":\"Resource not found\"}}");
        }
        if (path.endsWith("/parts")) {
            return ok(Json.records().createObjectNode().put("id", "part-" + calls.size()));
        }
        if (path.endsWith("/complete")) {
            ObjectNode upload = Json.records().createObjectNode();
            ObjectNode made = file(path.split("/", -1)[1]);
            upload.set("file", tellsUploads ? made : null);
            return ok(upload);
        }
        return ok(make((ObjectNode) Json.read(body, JsonNode.class)));
    }

    /** As Azure answers: with a state that OpenAI does not have, and nulls where OpenAI has none. */
    private ObjectNode make(ObjectNode wish) {
        ObjectNode job = wish.deepCopy();
        job.put("id", "ftjob-" + (jobs.size() + 1))
                .put("object", "fine_tuning.job")
                .put("status", "pending");
        job.put("created_at", clock.instant().getEpochSecond());
        job.putNull("organization_id")
                .putNull("result_files")
                .putNull("finished_at")
                .putNull("fine_tuned_model")
                .putNull("trained_tokens")
                .putNull("error");
        jobs.add(new Made(job, clock.instant().plus(behind)));
        return job;
    }

    private ObjectNode file(String name) {
        ObjectNode file = Json.records()
                .createObjectNode()
                .put("id", "file-" + (files.size() + 1))
                .put("filename", name)
                .put("purpose", "fine-tune")
                .put("bytes", 1)
                .put("created_at", clock.instant().getEpochSecond())
                .put("status", pendingLooks > 0 ? "pending" : "processed")
                .putNull("status_details");
        files.add(file);
        return file;
    }

    private HttpResponse other(HttpRequest request, String path) {
        if (path.equals("files") && deniedLooks > 0) {
            deniedLooks--;
            return Answered.to(403, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"a network rule\"}}");
        }
        if (path.equals("files")) {
            return list(clock.instant().isBefore(filesShown) ? List.of() : files);
        }
        if (path.startsWith("files/")) {
            String id = path.split("/", -1)[1];
            if (request.getHttpMethod() == HttpMethod.DELETE) {
                files.removeIf(file -> file.path("id").asText().equals(id));
                return ok(Json.records().createObjectNode());
            }
            pendingLooks--;
            return files.stream()
                    .filter(file -> file.path("id").asText().equals(id))
                    .findFirst()
                    .map(file -> ok(pendingLooks > 0 ? file : file.put("status", "processed")))
                    .orElseGet(() -> Answered.to(404, "{}"));
        }
        if (path.equals("fine_tuning/jobs")) {
            return page(request);
        }
        ObjectNode job = jobs.stream()
                .map(Made::job)
                .filter(one -> path.contains(one.path("id").asText()))
                .findFirst()
                .orElse(null);
        if (job == null) {
            return Answered.to(404, "{}");
        }
        if (path.endsWith("/cancel")) {
            if (job.path("finished_at").asLong() > 0) {
                return Answered.to(400, "{\"error\":{\"code\":\"400\",\"message\":\"job has ended\"}}");
            }
            job.put("status", "cancelled").put("finished_at", clock.instant().getEpochSecond());
        }
        return ok(job);
    }

    /** One job a page, the newest first. */
    private HttpResponse page(HttpRequest request) {
        List<ObjectNode> shown = new ArrayList<>();
        for (Made one : jobs) {
            if (!one.shown().isAfter(clock.instant())) {
                shown.add(0, one.job());
            }
        }
        Matcher after = Pattern.compile("after=([^&]+)")
                .matcher(String.valueOf(request.getUrl().getQuery()));
        int from = 0;
        if (hasPages && after.find()) {
            while (from < shown.size() && !shown.get(from++).path("id").asText().equals(after.group(1))) {}
        }
        ObjectNode page = Json.records().createObjectNode();
        page.putArray("data").addAll(shown.subList(from, Math.min(from + 1, shown.size())));
        return ok(page.put("has_more", !hasPages || from + 1 < shown.size()));
    }

    private static HttpResponse list(List<ObjectNode> all) {
        ObjectNode list = Json.records().createObjectNode();
        list.putArray("data").addAll(all);
        return ok(list);
    }

    private static HttpResponse ok(JsonNode body) {
        return Answered.to(200, new String(Json.line(body).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
}
