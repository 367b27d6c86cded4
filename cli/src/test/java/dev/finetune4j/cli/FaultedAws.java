package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A place of the offline AWS. */
abstract class FaultedAws implements FaultedPlace {
    private static final int CLIENTS_FAULT = 400;

    /** Time of the cloud. */
    final VirtualClock clock;

    private final CommandCloud cloud;
    private final String jobName;

    /** @param jobName what calls to {@link #create} call the name of the job */
    private FaultedAws(Path folder, String region, VirtualClock clock, Container container, String jobName)
            throws IOException {
        this.clock = clock;
        this.jobName = jobName;
        cloud = CommandCloud.onClock(folder, region, clock, container);
    }

    /** Training jobs, of the worker or of a script of the hub. */
    static final class Training extends FaultedAws {
        private static final String REGION = "eu-central-1";
        private static final String MACHINE = "ml.g5.xlarge";

        private final String settings;

        private Training(Path folder, VirtualClock clock, Container container, String settings) throws IOException {
            super(folder, REGION, clock, container, "TrainingJobName");
            this.settings = settings;
        }

        static Training ofWorker(Path folder, VirtualClock clock, Container container) throws IOException {
            return new Training(folder, clock, container, """
                      sagemaker:
                        role: "%s"
                        store: "s3://my-bucket/jobs"
                        region: %s
                    """.formatted(CommandCloud.ROLE, REGION));
        }

        static Training ofHub(Path folder, VirtualClock clock, Container container) throws IOException {
            return new Training(folder, clock, container, CommandCloud.jumpStartAnywhere(REGION));
        }

        @Override
        public String settings() {
            return settings;
        }

        @Override
        public String create() {
            return "CreateTrainingJob";
        }

        @Override
        public String look() {
            return "DescribeTrainingJob";
        }

        @Override
        public void sellOut() {
            aws().sageMaker().sellOut(MACHINE);
        }

        @Override
        public void reclaim(String run) {
            aws().sageMaker().reclaim(run);
        }

        @Override
        public void refuseQuota() {
            aws().sageMaker().quota(MACHINE, 0);
        }

        @Override
        public void grantQuota() {
            aws().sageMaker().quota(MACHINE, 1);
        }

        @Override
        public void remove(String run) {
            ObjectNode named = Json.records().createObjectNode().put("TrainingJobName", run);
            try {
                aws().sageMaker().answer("StopTrainingJob", named);
                clock.advance(Duration.ofMinutes(5));
                aws().sageMaker().answer("DeleteTrainingJob", named);
            } catch (ServiceError e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void refuseRows(String run) {
            // the container reads them, and fails
        }
    }

    /** Customization jobs of Bedrock. */
    static final class Customization extends FaultedAws {
        /** As Bedrock words it of a record that is too long. */
        private static final String ROWS_REFUSED =
                "Maximum input token count 4919 exceeds limit of 4096 for train data";

        Customization(Path folder, VirtualClock clock, Container container) throws IOException {
            super(folder, "us-east-1", clock, container, "jobName");
        }

        @Override
        public String settings() {
            return CommandCloud.bedrock();
        }

        @Override
        public String create() {
            return "CreateModelCustomizationJob";
        }

        @Override
        public String look() {
            return "GetModelCustomizationJob";
        }

        @Override
        public void sellOut() {
            throw new UnsupportedOperationException("Bedrock sells no machines");
        }

        @Override
        public void reclaim(String run) {
            throw new UnsupportedOperationException("Bedrock sells no machines");
        }

        @Override
        public void refuseQuota() {
            aws().bedrock().quota(0);
        }

        @Override
        public void grantQuota() {
            aws().bedrock().quota(1);
        }

        @Override
        public void remove(String run) {
            try {
                aws().bedrock()
                        .answer(
                                "StopModelCustomizationJob",
                                Json.records().createObjectNode().put("jobIdentifier", run));
            } catch (ServiceError e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void refuseRows(String run) {
            aws().bedrock().fail(run, ROWS_REFUSED);
        }
    }

    OfflineAws aws() {
        return cloud.aws();
    }

    @Override
    public Map<String, String> environment() {
        return cloud.environment();
    }

    @Override
    public Faults faults() {
        return aws().faults();
    }

    @Override
    public List<Call> calls(String operation) {
        return aws().calls(operation);
    }

    @Override
    public List<String> jobs() {
        return calls(create()).stream()
                .filter(Call::hadEffect)
                .map(call -> call.request().path(jobName).asText())
                .distinct()
                .toList();
    }

    @Override
    public ServiceError invalid() {
        return new ServiceError(CLIENTS_FAULT, "ValidationException", "1 validation error detected");
    }

    @Override
    public void close() {
        cloud.close();
    }
}
