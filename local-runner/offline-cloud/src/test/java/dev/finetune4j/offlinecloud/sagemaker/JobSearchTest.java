package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.logs.LogBook;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs are found by what they are, as the service finds them. */
class JobSearchTest {
    @TempDir
    private static Path folder;

    private final VirtualClock clock = new VirtualClock();
    private final OfflineS3 store = JobBody.store(folder);
    private final OfflineSageMaker service = new OfflineSageMaker(
            Account.sample(),
            clock,
            Pace.LIFELIKE,
            PlannedContainer.succeedingAfter(Duration.ofHours(3)),
            new LogBook(clock),
            new OfflineIam("123456789012", Account.sample().roles(), session -> Optional.empty()),
            store,
            OfflineHub.shipped(Account.sample().region(), clock));

    /** Three jobs an hour apart: the first of another team, the second on spot with an input from elsewhere, the third stopped. */
    @BeforeEach
    void jobs() throws Exception {
        JobBody.put(store.createBucket("others"), "s3://others/rows/a.jsonl");
        ObjectNode first = JobBody.onDemand("job-1");
        first.withArray("Tags").addObject().put("Key", "team:of").put("Value", "search");
        ask("CreateTrainingJob", first);
        clock.advance(Duration.ofHours(1));
        ObjectNode second = JobBody.spot("job-2", 3600, 7200);
        second.withArray("InputDataConfig")
                .addObject()
                .put("ChannelName", "more")
                .set("DataSource", Json.read("""
                {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://others/rows"}}""", JsonNode.class));
        second.putObject("HyperParameters").put("epochs", "3");
        ask("CreateTrainingJob", second);
        clock.advance(Duration.ofHours(1));
        ask("CreateTrainingJob", JobBody.onDemand("job-3"));
        ask("StopTrainingJob", Json.records().createObjectNode().put("TrainingJobName", "job-3"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            TrainingJobName                            | Contains             | job                 | job-1 job-2 job-3
            TrainingJobName                            | In                   | job-1,job-3         | job-1 job-3
            TrainingJobStatus                          | Equals               | Stopped             | job-3
            TrainingJobStatus                          | NotEquals            | Stopped             | job-1 job-2
            Tags.team:of                               | Equals               | search              | job-1
            Tags.team:of                               | NotExists            |                     | job-2 job-3
            Tags.finetune4j-run                        | Exists               |                     | job-1 job-2 job-3
            CreationTime                               | GreaterThan          | 2026-01-01T00:00:00 | job-2 job-3
            CreationTime                               | LessThanOrEqualTo    | 2026-01-01T01:00:00Z| job-1 job-2
            StoppingCondition.MaxRuntimeInSeconds      | LessThan             | 36000               | job-2
            HyperParameters.epochs                     | Equals               | 3                   | job-2
            EnableManagedSpotTraining                  | Equals               | true                | job-2
            InputDataConfig.DataSource.S3DataSource.S3Uri | Contains          | others              | job-2
            """)
    void findsByOneProperty(String name, String operator, String value, String found) throws Exception {
        ObjectNode filter = Json.records().createObjectNode().put("Name", name).put("Operator", operator);
        if (value != null) {
            filter.put("Value", value);
        }
        ObjectNode request = search("{\"Filters\": [" + filter + "]}");

        assertThat(names(request)).containsExactlyInAnyOrder(found.split(" "));
    }

    @Test
    void joinsWhatIsAskedByAndUnlessToldOr() throws Exception {
        String both = """
                "Filters": [{"Name": "TrainingJobName", "Value": "job-1"}, {"Name": "TrainingJobStatus", "Value": "Stopped"}]""";

        assertThat(names(search("{" + both + "}"))).isEmpty();
        assertThat(names(search("{" + both + ", \"Operator\": \"Or\"}"))).containsExactlyInAnyOrder("job-1", "job-3");
        assertThat(
                        names(
                                search(
                                        "{\"SubExpressions\": [{" + both
                                                + ", \"Operator\": \"Or\"}, {\"Filters\": [{\"Name\": \"Tags.team:of\", \"Operator\": \"Exists\"}]}]}")))
                .containsExactly("job-1");
    }

    @Test
    void nestedFiltersAreAboutOneElement() throws Exception {
        String nested = """
                {"NestedFilters": [{"NestedPropertyName": "InputDataConfig", "Filters": [
                  {"Name": "InputDataConfig.ChannelName", "Value": "%s"},
                  {"Name": "InputDataConfig.DataSource.S3DataSource.S3Uri", "Operator": "Contains", "Value": "others"}]}]}""";

        assertThat(names(search(nested.formatted("more")))).containsExactly("job-2");
        assertThat(names(search(nested.formatted("data")))).isEmpty();
    }

    @Test
    void tellsTheLatestFirstAndGoesOnPageByPage() throws Exception {
        ObjectNode request =
                Json.records().createObjectNode().put("Resource", "TrainingJob").put("MaxResults", 2);

        JsonNode page = ask("Search", request);

        assertThat(page.path("TotalHits")).hasToString("{\"Value\":3,\"Relation\":\"EqualTo\"}");
        assertThat(page.at("/Results/0/TrainingJob/TrainingJobName").asText()).isEqualTo("job-3");
        assertThat(page.at("/Results/0/TrainingJob/Tags/0/Key").asText()).isEqualTo("finetune4j-run");
        assertThat(page.at("/Results/0/TrainingJob/AlgorithmSpecification/TrainingInputMode")
                        .asText())
                .as("records tell all of a job")
                .isEqualTo("File");
        request.set("NextToken", page.path("NextToken"));
        assertThat(names(request)).hasSize(1);
        request.remove("NextToken");
        request.put("SortBy", "StoppingCondition.MaxRuntimeInSeconds")
                .put("SortOrder", "Ascending")
                .put("MaxResults", 1);
        assertThat(names(request)).containsExactly("job-2");
    }

    @Test
    void goesOnThoughTheLastOfThePageIsNoLongerFound() throws Exception {
        ObjectNode request = search("""
                {"Filters": [{"Name": "TrainingJobStatus", "Operator": "NotEquals", "Value": "Stopped"}]}""");
        request.put("SortBy", "CreationTime").put("MaxResults", 1);

        JsonNode page = ask("Search", request);
        ask("StopTrainingJob", Json.records().createObjectNode().put("TrainingJobName", "job-2"));
        clock.advance(Duration.ofHours(1));
        request.set("NextToken", page.get("NextToken"));

        assertThat(page.at("/Results/0/TrainingJob/TrainingJobName").asText()).isEqualTo("job-2");
        assertThat(names(request)).containsExactly("job-1");
    }

    @Test
    void refusesWhatTheServiceRefuses() {
        assertRefused("Unknown property name: Nonsense", "{\"Filters\": [{\"Name\": \"Nonsense\", \"Value\": \"x\"}]}");
        assertRefused("'CONTAINS' operator usage limit of 1 exceeded.", """
                {"Filters": [{"Name": "TrainingJobName", "Operator": "Contains", "Value": "a"},
                             {"Name": "RoleArn", "Operator": "Contains", "Value": "b"}]}""");
        assertRefused(
                "Operator GreaterThan is not supported for the string property TrainingJobName",
                "{\"Filters\": [{\"Name\": \"TrainingJobName\", \"Operator\": \"GreaterThan\", \"Value\": \"a\"}]}");
        assertRefused("Operator Equals needs a value", "{\"Filters\": [{\"Name\": \"TrainingJobName\"}]}");
        assertRefused(
                "Operator Exists takes no value",
                "{\"Filters\": [{\"Name\": \"TrainingJobName\", \"Operator\": \"Exists\", \"Value\": \"a\"}]}");
        assertRefused(
                "Invalid timestamp value: today",
                "{\"Filters\": [{\"Name\": \"CreationTime\", \"Value\": \"today\"}]}");
        assertRefused("needs at least one", "{}");
        assertThatThrownBy(() -> ask("Search", search("{}").put("Resource", "Experiment")))
                .hasMessageContaining("own training jobs only");
    }

    private void assertRefused(String words, String expression) {
        assertThatThrownBy(() -> ask("Search", search(expression)))
                .isInstanceOf(ServiceError.class)
                .hasMessageContaining(words);
    }

    private static ObjectNode search(String expression) {
        ObjectNode request = Json.records().createObjectNode().put("Resource", "TrainingJob");
        request.set("SearchExpression", Json.read(expression, JsonNode.class));
        return request;
    }

    private List<String> names(ObjectNode request) throws ServiceError {
        List<String> names = new ArrayList<>();
        ask("Search", request)
                .path("Results")
                .forEach(found ->
                        names.add(found.at("/TrainingJob/TrainingJobName").asText()));
        return names;
    }

    private JsonNode ask(String operation, ObjectNode request) throws ServiceError {
        assertThat(service.model().violations(operation, request)).isEmpty();
        ObjectNode answer = service.answer(operation, request);
        assertThat(service.model().flawsOfAnswer(operation, answer)).isEmpty();
        return answer;
    }
}
