package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would be made is shown, and made by agreement only. */
class BootstrapCommandTest {
    private static final String CHANGE =
            "<Status>CREATE_COMPLETE</Status><Changes><member><Type>Resource</Type><ResourceChange>"
                    + "<Action>Add</Action><LogicalResourceId>Bucket</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>"
                    + "</ResourceChange></member></Changes>";
    private static final String MADE =
            "<Stacks><member><StackName>finetune4j</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
                    + "<Outputs><member><OutputKey>JobFile</OutputKey><OutputValue>places: {sagemaker: {role: made}}</OutputValue></member></Outputs></member></Stacks>";

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> environment = new HashMap<>();
    private HttpServer cloudFormation;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() throws IOException {
        cloudFormation = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cloudFormation.createContext("/", this::answer);
        cloudFormation.start();
        environment.putAll(Map.of(
                "AWS_ENDPOINT_URL",
                        "http://127.0.0.1:" + cloudFormation.getAddress().getPort(),
                "AWS_ACCESS_KEY_ID", "AKIA",
                "AWS_SECRET_ACCESS_KEY", "planted/secret"));
    }

    @AfterEach
    void close() {
        cloudFormation.stop(0);
    }

    @Test
    void makesNothingThatNobodyAgreesTo() {
        CommandRun run = command("bootstrap", "aws", "--region", "eu-central-1");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "stack finetune4j in eu-central-1",
                        "  add  Bucket  AWS::S3::Bucket",
                        "nobody is there to agree; say --yes to make it")
                .doesNotContain("planted");
        assertThat(run.out()).isEmpty();
        assertThat(calls).doesNotContain("ExecuteChangeSet").endsWith("DeleteChangeSet", "DeleteStack");
    }

    @Test
    void makesItAndPrintsWhatAJobFileSays() {
        CommandRun run = command("bootstrap", "aws", "--region", "eu-central-1", "--yes");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("places: {sagemaker: {role: made}}\n");
        assertThat(calls).contains("ExecuteChangeSet").doesNotContain("DeleteStack");
        assertThat(command("bootstrap", "aws", "--region", "eu-central-1", "--yes", "-o", "json")
                        .out())
                .contains(
                        "\"jobFile\" : \"places: {sagemaker: {role: made}}\"", "\"name\" : \"Bucket\"", "\"profile\"");
    }

    @Test
    void writesTheProfileThatJobsThenNeedNotSay() throws IOException {
        Path profile = folder.resolve("profile.yaml");
        Files.writeString(profile, "places: {azure-ml: {workspace: mine}, sagemaker: {role: old, store: old}}\n");
        Path job = Files.writeString(folder.resolve("job.yaml"), """
                name: tickets
                model: smollm2-135m-instruct
                task: classification
                data: rows.jsonl
                """);

        CommandRun run = command("bootstrap", "aws", "--region", "eu-central-1", "--yes");

        assertThat(run.err()).contains(profile + " says so to every job from now on");
        assertThat(command("check", job.toString(), "--resolved").out())
                .contains("role: made", "workspace: mine", profile + ":")
                .doesNotContain("old");
    }

    @Test
    void makesNothingThatABrokenProfileCouldNotBeTold() throws IOException {
        Files.writeString(folder.resolve("profile.yaml"), "places: [");

        CommandRun run = command("bootstrap", "aws", "--region", "eu-central-1", "--yes");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("profile.yaml:1");
        assertThat(calls).isEmpty();
    }

    @Test
    void tellsWhatIsMissing() {
        assertThat(command("bootstrap", "aws").err()).contains("FT0855", "no region is told");
        assertThat(command("bootstrap", "nowhere").err()).contains("only of aws");
    }

    /** Answers as CloudFormation does for a stack that is made as soon as it is asked for. */
    private void answer(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String operation = form.replaceFirst("^(?:.*&)?Action=(\\w+).*$", "$1");
        calls.add(operation);
        boolean isMade = calls.contains("ExecuteChangeSet");
        boolean isAbsent = operation.equals("DescribeStacks") && !isMade;
        String result = operation.equals("DescribeStacks") ? MADE : operation.equals("DescribeChangeSet") ? CHANGE : "";
        byte[] body = (isAbsent
                        ? "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id finetune4j does not exist</Message>"
                                + "</Error></ErrorResponse>"
                        : "<" + operation + "Response><" + operation + "Result>" + result + "</" + operation
                                + "Result></" + operation + "Response>")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.getResponseHeaders().set("x-amzn-RequestId", "7a62c49f-347e-4fc4-9331-6e8e7f2c2b5a");
        exchange.sendResponseHeaders(isAbsent ? 400 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private CommandRun command(String... arguments) {
        return CommandRun.in(folder, environment, arguments);
    }
}
