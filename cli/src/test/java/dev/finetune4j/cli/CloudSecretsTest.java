package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.offlinecloud.wire.AccessKey;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.testkit.PlantedSecrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in every place where people keep them: none is printed, written down or sent, whatever goes well or wrong. */
@Tag("long")
class CloudSecretsTest {
    private static final Pattern SIGNED_OR_TOKEN = Pattern.compile("[?&]sig=|eyJ[A-Za-z0-9_-]{20}");

    @TempDir
    private Path folder;

    private final PlantedSecrets secrets = new PlantedSecrets(50, 11);
    private final Map<String, String> environment = new HashMap<>(secrets.environment());
    private final StringBuilder printed = new StringBuilder();

    @Test
    void noneOfFiftyIsFoundAnywhere() throws IOException {
        PlannedContainer container = PlannedContainer.failingAfter(Duration.ofMillis(100), 1, "that is all");
        HttpServer elsewhere = refusingServer();
        try (CommandCloud cloud = new CommandCloud(
                folder,
                "eu-central-1",
                (account, store) -> OfflineAws.start(account, Clock.systemUTC(), Pace.SWIFT, container, store))) {
            environment.putAll(cloud.environment());
            environment.putAll(session(cloud.aws()));
            String job = job().toString();
            String signed = signedJob(
                            "http://127.0.0.1:" + elsewhere.getAddress().getPort())
                    .toString();

            look(0, "doctor", "aws", job);
            look(0, "plan", job, "--target", "sagemaker");
            look(0, "launch", job, "--dry-run");
            look(8, "launch", job, "--yes");
            String run = run();
            for (String command : List.of("show", "why", "logs", "report")) {
                look(0, command, run);
            }
            look(8, "watch", run);
            look(8, "resume", run);
            look(0, "policy", job);
            look(0, "gc", job);
            assertThat(look(3, "check", signed)).contains("/rows.jsonl?...", "refuses access (403)");
            look(3, "launch", signed, "--yes");
            cloud.aws().faults().denyAccess("CreateTrainingJob", 5);
            look(4, "launch", job, "--yes", "--again");
            environment.put("AWS_ACCESS_KEY_ID", secrets.plant("AWS_ACCESS_KEY_ID"));
            look(4, "launch", job, "--yes", "--again");
            secrets.assertAbsentBelow(home());
            secrets.assertAbsentBelow(folder.resolve("s3"));
        } finally {
            elsewhere.stop(0);
        }
    }

    /** Credentials of a session, as a person has them who signed in for a while. */
    private Map<String, String> session(OfflineAws aws) {
        AccessKey session = aws.beginSession(Duration.ofHours(1));
        return Map.of(
                "AWS_ACCESS_KEY_ID",
                session.id(),
                "AWS_SECRET_ACCESS_KEY",
                secrets.plant("AWS_SECRET_ACCESS_KEY", session.secret()),
                "AWS_SESSION_TOKEN",
                secrets.plant("AWS_SESSION_TOKEN", session.token()));
    }

    /** Bedrock tunes and hosts, JumpStart's script fails; then credentials are refused, from a command and from Java. */
    @Test
    void noneOfFiftyIsFoundWhereServicesTuneTheirOwn() throws Exception {
        try (CommandCloud cloud = CommandCloud.ofBedrock(folder)) {
            environment.putAll(cloud.environment());
            environment.putAll(session(cloud.aws()));
            environment.put("AWS_REGION", "us-east-1");
            Path file = CommandCloud.bedrockJob(folder, 4721);
            String job = file.toString();
            String ofHub = Files.writeString(
                            file.resolveSibling("hub.yaml"),
                            Files.readString(file).replaceFirst("(?s)targets: .*", """
                                    targets: [jumpstart]
                                    places:
                                      jumpstart:
                                        role: "%s"
                                        store: "s3://my-bucket/jobs"
                                        region: us-east-1
                                        model: huggingface-llm-offline-tiny
                                        machine: ml.g5.xlarge
                                    """.formatted(CommandCloud.ROLE)))
                    .toString();

            look(0, "launch", job, "--target", "bedrock", "--dry-run");
            look(0, "launch", job, "--target", "bedrock", "--yes");
            String run = run();
            look(0, "host", run, "--yes");
            for (String command : List.of("show", "why", "watch", "report", "fetch")) {
                look(0, command, run);
            }
            look(0, "generate", run, "--prompt", "please refund my card");
            look(0, "eval", run, "--yes");
            look(0, "host", run, "--remove", "--yes");
            look(0, "launch", ofHub, "--dry-run");
            for (String any : List.of(job, ofHub)) {
                look(0, "policy", any);
                look(0, "doctor", "aws", any);
                look(0, "gc", any);
            }
            cloud.aws().faults().denyAccess("CreateModelCustomizationJob", 5).denyAccess("CreateTrainingJob", 5);
            look(4, "launch", job, "--target", "bedrock", "--yes", "--again");
            look(4, "launch", ofHub, "--yes");
            environment.put("AWS_ACCESS_KEY_ID", secrets.plant("AWS_ACCESS_KEY_ID"));
            look(4, "launch", job, "--target", "bedrock", "--yes", "--again");
            secrets.assertAbsentFrom("an exception", refusedInJava(ofHub, "jumpstart", "FT0841"));
            secrets.assertAbsentBelow(home());
            secrets.assertAbsentBelow(folder.resolve("s3"));
        }
    }

    /** Command jobs fail, Azure OpenAI tunes; then calls are denied and credentials refused, to commands and to Java. */
    @Test
    void noneOfFiftyIsFoundAtAzure() throws Exception {
        PlannedContainer container = PlannedContainer.failingAfter(Duration.ofMillis(100), 1, "that is all");
        try (CommandAzure cloud = CommandAzure.swift(folder, store -> container)) {
            environment.putAll(cloud.environment());
            environment.compute("AZURE_CLIENT_SECRET", secrets::plant);
            for (String place : List.of("azure-ml", "azure-openai")) {
                String job = cloud.job(folder, 4723, place).toString();
                int end = place.equals("azure-ml") ? 8 : 0;

                look(0, "plan", job);
                look(0, "launch", job, "--dry-run");
                look(end, "launch", job, "--yes");
                String run = run();
                for (String command : List.of("show", "why", "logs", "report", "fetch")) {
                    look(0, command, run);
                }
                look(end, "watch", run);
                if (end > 0) {
                    look(end, "resume", run);
                }
                look(0, "policy", job);
                look(0, "doctor", "azure", job);
                look(0, "gc", job);
                cloud.azure()
                        .faults()
                        .denyAccess(place.equals("azure-ml") ? "Jobs_CreateOrUpdate" : "FineTuning_Create", 1);
                look(4, "launch", job, "--yes", "--again");
                String good = environment.put("AZURE_CLIENT_SECRET", secrets.plant("refused at " + place));
                look(4, "launch", job, "--yes", "--again");
                String another = cloud.job(folder, 4724, place).toString();
                secrets.assertAbsentFrom("an exception", refusedInJava(another, place, "FT09"));
                environment.put("AZURE_CLIENT_SECRET", good);
            }
            secrets.assertAbsentBelow(home());
            secrets.assertAbsentBelow(cloud.download(folder.resolve("blobs")));
            assertNoneOf(SIGNED_OR_TOKEN, "a signed link or a token");
        }
    }

    /** A workspace is made; a job whose files go by the key of the store's account is stopped, a model is tuned and hosted; both are removed. */
    @Test
    void noneOfFiftyIsFoundAtAzureWhereTheStoreIsSignedForAndAModelIsHosted() throws Exception {
        PlannedContainer container =
                PlannedContainer.succeedingAfter(Duration.ofHours(1)).windingDownIn(Duration.ZERO);
        try (CommandAzure cloud = CommandAzure.swift(folder, store -> container)) {
            environment.putAll(cloud.environment());
            environment.compute("AZURE_CLIENT_SECRET", secrets::plant);
            secrets.plant("key of the store's account", Azurite.KEY);
            Path file = cloud.job(folder, 4725, "azure-ml");
            String signed = Files.writeString(
                            file.resolveSibling("signed.yaml"),
                            Files.readString(file).replace("  azure-ml:\n", "  azure-ml:\n    store-access: sas\n"))
                    .toString();

            look(0, "policy", signed);
            look(0, "launch", signed, "--yes", "--detach");
            String stopped = run();
            look(0, "stop", stopped);
            look(0, "fetch", stopped);
            look(0, "doctor", "azure", signed);
            secrets.assertAbsentBelow(cloud.download(folder.resolve("blobs")));
            look(0, "clean", stopped);
            look(0, "gc", signed, "--older-than", "0s", "--yes");
            assertThat(cloud.azure().calls().of("Datastores_ListSecrets")).isNotEmpty();

            look(0, "launch", cloud.job(folder, 4726, "azure-openai").toString(), "--yes");
            String tuned = run();
            look(0, "host", tuned, "--yes");
            look(0, "generate", tuned, "--prompt", "please refund my card");
            look(0, "eval", tuned, "--yes");
            look(0, "host", tuned, "--remove", "--yes");
            look(0, "clean", tuned);
            look(
                    0,
                    "bootstrap",
                    "azure",
                    "--yes",
                    "--set",
                    "resource-group=my-group",
                    "--set",
                    "subscription=00000000-0000-0000-0000-000000000001");
            secrets.assertAbsentBelow(home());
            assertNoneOf(SIGNED_OR_TOKEN, "a signed link or a token");
        }
    }

    private void assertNoneOf(Pattern pattern, String what) throws IOException {
        try (Stream<Path> files = Files.walk(home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(pattern.matcher(text).find())
                        .as("%s in %s", what, file)
                        .isFalse();
            }
        }
        assertThat(pattern.matcher(printed).find())
                .as("%s in what was printed", what)
                .isFalse();
    }

    /** What is told of a launch that is refused, causes and all, and what the objects on the way say of themselves. */
    private String refusedInJava(String job, String place, String code) throws InterruptedException {
        try (FineTuner tuner =
                FineTuner.builder().home(home()).environment(environment).build()) {
            JobFile file = tuner.read(Path.of(job));
            Plan plan = tuner.plan(file, PlanRequest.at(place));
            StringWriter told = new StringWriter();
            try {
                told.write(tuner.launch(plan).await().toString());
            } catch (FineTuneException e) {
                e.printStackTrace(new PrintWriter(told, true));
            }
            assertThat(told.toString()).contains(code);
            return told + " " + tuner + file + plan;
        }
    }

    private String run() {
        return command("ps").out().lines().toList().get(1).split(" ", 2)[0];
    }

    private Path job() throws IOException {
        Path job = TicketsJob.write(Files.createDirectory(folder.resolve("job")), 4715);
        return Files.writeString(job, """
                budget: {max-cost: 5 USD}
                targets: [sagemaker]
                places:
                  sagemaker: {role: "%s", store: "s3://my-bucket/jobs", region: eu-central-1}
                """.formatted(CommandCloud.ROLE), StandardOpenOption.APPEND);
    }

    /** The job with rows at an address that holds three secrets. */
    private Path signedJob(String server) throws IOException {
        String address = server.replace("://", "://reader:" + secrets.plant("user of an address") + "@")
                + "/rows.jsonl?X-Amz-Signature=" + secrets.plant("signature of an address")
                + "&X-Amz-Security-Token=" + secrets.plant("token of an address");
        Path job = folder.resolve("job/job.yaml");
        return Files.writeString(
                job.resolveSibling("signed.yaml"),
                Files.readString(job).replace("file: tickets.jsonl", "file: \"" + address + "\""));
    }

    /** Refuses everybody, and repeats what it was asked, as some servers do. */
    private static HttpServer refusingServer() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            byte[] body = ("no: " + call.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(403, body.length);
            call.getResponseBody().write(body);
            call.close();
        });
        server.start();
        return server;
    }

    private Path home() {
        return folder.resolve("home");
    }

    private String look(int exitCode, String... arguments) {
        CommandRun run = command(arguments);
        String where = String.join(" ", arguments);
        secrets.assertAbsentFrom(where, run.out() + run.err());
        printed.append(run.out()).append(run.err());
        assertThat(run.exitCode()).as("%s: %s", where, run.err()).isEqualTo(exitCode);
        return run.err();
    }

    private CommandRun command(String... arguments) {
        return CommandRun.in(home(), environment, arguments);
    }
}
