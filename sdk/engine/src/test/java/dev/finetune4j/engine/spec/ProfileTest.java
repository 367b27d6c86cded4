package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a home says of its places, job files need not say. */
class ProfileTest {
    private static final ProviderId SAGEMAKER = new ProviderId("sagemaker");
    private static final String ACCOUNT = """
            places:
              sagemaker:
                role: arn:aws:iam::123456789012:role/training
                store: s3://my-bucket/finetune4j
                region: ${env:REGION}
            """;

    @TempDir
    private Path home;

    @Test
    void saysWhatTheJobFileLeavesOpen() throws IOException {
        Files.writeString(home.resolve(Profile.FILE), ACCOUNT);

        JobFile job = read("places: {sagemaker: {store: 's3://other/jobs', spot: true}}\n");

        assertThat(job.job().settingsOf(SAGEMAKER))
                .containsOnly(
                        Map.entry("role", "arn:aws:iam::123456789012:role/training"),
                        Map.entry("store", "s3://other/jobs"),
                        Map.entry("spot", "true"),
                        Map.entry("region", "eu-central-1"));
        assertThat(job.resolved().origins())
                .containsEntry("places.sagemaker.store", home.resolve("job.yaml") + ":5:29")
                .containsEntry("places.sagemaker.role", home.resolve(Profile.FILE) + ":3:11")
                .containsEntry("places.sagemaker.region", "environment REGION");
        assertThat(job.resolved().yaml()).contains("${env:REGION}").doesNotContain("eu-central-1");
    }

    @Test
    void leavesAloneAPlaceThatTheJobMeansInAnotherAccountOrRegion() throws IOException {
        Files.writeString(home.resolve(Profile.FILE), ACCOUNT);

        assertThat(read("places: {sagemaker: {role: mine}}\n").job().settingsOf(SAGEMAKER))
                .containsOnly(Map.entry("role", "mine"));
        assertThat(read("places: {sagemaker: {region: us-east-1}}\n").job().settingsOf(SAGEMAKER))
                .containsOnly(Map.entry("region", "us-east-1"));
        assertThat(read("places: {sagemaker: {region: eu-central-1}}\n").job().settingsOf(SAGEMAKER))
                .hasSize(3);
    }

    @Test
    void leavesAloneAPlaceThatTheJobMeansInAnotherWorkspace() throws IOException {
        Files.writeString(
                home.resolve(Profile.FILE),
                "places: {azure-ml: {workspace: finetune4j, datastore: finetune4j, region: westeurope}}\n");

        assertThat(read("places: {azure-ml: {workspace: mine, region: westeurope}}\n")
                        .job()
                        .settingsOf(new ProviderId("azure-ml")))
                .containsOnly(Map.entry("workspace", "mine"), Map.entry("region", "westeurope"));
    }

    @Test
    void isNotNeeded() throws IOException {
        assertThat(read("").job().places()).isEmpty();
    }

    @Test
    void isToldByWhereItIsWrong() throws IOException {
        Files.writeString(home.resolve(Profile.FILE), "model: mine\nplaces: {Sage Maker: {role: a}}\n");

        FineTuneException failure = catchThrowableOfType(FineTuneException.class, () -> read(""));

        assertThat(failure.problems()).extracting(Problem::code).containsExactly("FT0105", "FT0110");
        assertThat(failure.problems())
                .extracting(problem -> problem.place().orElseThrow().toString())
                .allSatisfy(place -> assertThat(place).contains(Profile.FILE + ":"));
    }

    @Test
    void pointsIntoItselfWhereAPlaceRefusesWhatItSays() throws IOException {
        Files.writeString(home.resolve(Profile.FILE), ACCOUNT);

        assertThat(read("").resolved()
                        .placeOf("places.sagemaker.role", "job.yaml")
                        .toString())
                .contains(home.resolve(Profile.FILE) + ":3:11");
    }

    @Test
    void keepsWhatItSaysOfOtherPlaces() throws IOException {
        Files.writeString(
                home.resolve(Profile.FILE),
                ACCOUNT + "  azure-ml:\n    workspace: \"no\"\n    region: ${env:REGION}\n");

        String written = Profile.saying(home, "places: {sagemaker: {role: new-role}}");
        Files.writeString(home.resolve(Profile.FILE), written);

        assertThat(written).contains("role: new-role", "${env:REGION}").doesNotContain("my-bucket");
        assertThat(read("").job().places())
                .containsOnly(
                        Map.entry("sagemaker", Map.of("role", "new-role")),
                        Map.entry("azure-ml", Map.of("workspace", "no", "region", "eu-central-1")));
    }

    private JobFile read(String more) throws IOException {
        Path file = Files.writeString(home.resolve("job.yaml"), """
                name: tickets
                model: smollm2-135m-instruct
                task: classification
                data: rows.jsonl
                """ + more);
        Map<String, String> environment = Map.of("REGION", "eu-central-1");
        return JobFile.read(file, environment, Profile.of(home, environment));
    }
}
