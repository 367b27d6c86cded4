package dev.finetune4j.offlinecloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.PythonPackages;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that we did not write finds models in the hub, page by page, and is kept from what its policy does not name. */
class Boto3HubTest {
    private static final String TINY = "huggingface-llm-offline-tiny";
    private static final String ARN = "arn:aws:sagemaker:eu-central-1:aws:hub";
    private static final String POLICY = """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "LookIntoHub",
                  "Effect": "Allow",
                  "Action": [
                    "sagemaker:DescribeHubContent", "sagemaker:ListHubContents", "sagemaker:ListHubContentVersions"
                  ],
                  "Resource": ["%1$s/SageMakerPublicHub", "%1$s-content/SageMakerPublicHub/Model/%2$s/*",
                    "%1$s-content/SageMakerPublicHub/Model/none/*"]
                }
              ]
            }
            """.formatted(ARN, TINY);

    @Test
    void findsModelsAndTheirDocuments() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        ObjectNode seen = Json.records().createObjectNode();

        try (OfflineAws aws = OfflineAws.start(
                Account.sample(), Clock.systemUTC(), Pace.SWIFT, PlannedContainer.succeedingAfter(Duration.ZERO))) {
            aws.iam().restrictUser(POLICY);
            for (String line : boto3.output("boto3_hub.py", aws.endpoint(), aws.accessKeyId(), aws.secretAccessKey())
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        assertThat(seen.path("all"))
                .hasToString("[\"huggingface-llm-offline-fixed 1.0.0\",\"" + TINY
                        + " 1.1.0\",\"meta-textgeneration-llama-3-2-1b-instruct 1.2.0\"]")
                .isEqualTo(seen.path("page by page"));
        assertThat(seen.path("versions")).hasToString("[\"1.0.0\",\"1.1.0\"]");
        assertThat(seen.path("newest"))
                .hasToString("[\"1.1.0\",\"" + ARN + "-content/SageMakerPublicHub/Model/" + TINY + "/1.1.0\",\"" + ARN
                        + "/SageMakerPublicHub\",\"Available\"]");
        assertThat(seen.path("epochs").path(0).path("Max").asInt()).isEqualTo(1000);
        assertThat(seen.path("image").asText()).startsWith("763104351884.dkr.ecr.eu-central-1.amazonaws.com/");
        assertThat(seen.path("older")).hasToString("[\"1\"]");
        for (String absent : new String[] {"no version", "no model", "no hub"}) {
            assertThat(seen.path(absent)).as(absent).hasToString("[\"ResourceNotFound\",\"ResourceNotFound\"]");
        }
        assertThat(seen.path("bad type").path(0).asText()).isEqualTo("ValidationException");
        assertThat(seen.path("no notebooks")).isEmpty();
        assertThat(seen.path("denied").path(0).path(0).asText()).isEqualTo("AccessDeniedException");
    }
}
