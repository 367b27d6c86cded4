package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.JobFailure;
import dev.finetune4j.offlinecloud.azure.openai.OpenAiLimits;
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
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A place of the offline Azure. */
abstract class FaultedAzure implements FaultedPlace {
    private static final int CLIENTS_FAULT = 400;

    /** Stores that no cloud has now: to start one takes longer than most of what goes wrong. */
    private static final Queue<Azurite> FREE = new ConcurrentLinkedQueue<>();

    /** Time of the cloud. */
    final VirtualClock clock;

    private final Azurite blobs;
    private final CommandAzure cloud;

    private FaultedAzure(Path folder, VirtualClock clock, Container container) throws IOException {
        this.clock = clock;
        Azurite free = FREE.poll();
        blobs = free == null ? CommandAzure.blobs() : free;
        cloud = new CommandAzure(folder, clock, AzurePace.LIFELIKE, store -> container, blobs);
    }

    /** Ends the stores that no cloud has now. */
    static void closeStores() {
        for (Azurite store = FREE.poll(); store != null; store = FREE.poll()) {
            store.close();
        }
    }

    /** Command jobs of Azure Machine Learning, on serverless machines. */
    static final class Command extends FaultedAzure {
        private static final String MACHINE = "Standard_NC4as_T4_v3";
        private static final String FAMILY = "standardNCASv3_T4Family";
        private static final int CORES = 4;

        Command(Path folder, VirtualClock clock, Container container) throws IOException {
            super(folder, clock, container);
        }

        @Override
        public String settings() {
            return cloud().machineLearning();
        }

        @Override
        public String create() {
            return "Jobs_CreateOrUpdate";
        }

        @Override
        public String look() {
            return "Jobs_Get";
        }

        /** A name is put once; put again, it is the same job. */
        @Override
        public List<String> jobs() {
            return calls(create()).stream()
                    .filter(Call::hadEffect)
                    .map(call -> call.request().at("/path/id").asText())
                    .distinct()
                    .toList();
        }

        @Override
        public void sellOut() {
            azure().sellOut(machine());
        }

        /** Of the last job; the first choice before there is one. */
        private String machine() {
            return calls(create()).stream()
                    .map(call -> call.request()
                            .at("/body/properties/resources/instanceType")
                            .asText())
                    .reduce((earlier, later) -> later)
                    .orElse(MACHINE);
        }

        @Override
        public void reclaim(String run) {
            azure().reclaim(run);
        }

        @Override
        public void refuseQuota() {
            azure().quota(FAMILY, 0);
        }

        @Override
        public void grantQuota() {
            azure().quota(FAMILY, CORES);
        }

        @Override
        public void remove(String run) {
            azure().cancel(run);
            clock.advance(Duration.ofMinutes(5));
            azure().delete(run);
        }

        @Override
        public void refuseRows(String run) {
            // the container reads them, and fails
        }
    }

    /** Fine-tuning jobs of Azure OpenAI, which makes up their ids. */
    static final class Tuning extends FaultedAzure {
        private static final JobFailure ROWS_REFUSED = new JobFailure(
                "invalidPayload", "The job failed due to an invalid training file: line 3 has no assistant", "");

        Tuning(Path folder, VirtualClock clock, Container container) throws IOException {
            super(folder, clock, container);
        }

        @Override
        public String settings() {
            return cloud().openAi();
        }

        @Override
        public String create() {
            return "FineTuning_Create";
        }

        @Override
        public String look() {
            return "Files_List"; // a job is found by its file
        }

        /** Each call makes another one. */
        @Override
        public List<String> jobs() {
            return azure().openAi().jobsEver();
        }

        @Override
        public void sellOut() {
            throw new UnsupportedOperationException("Azure OpenAI sells no machines");
        }

        @Override
        public void reclaim(String run) {
            throw new UnsupportedOperationException("Azure OpenAI sells no machines");
        }

        @Override
        public void refuseQuota() {
            azure().openAi().limits(OpenAiLimits.DOCUMENTED.jobs(0));
        }

        @Override
        public void grantQuota() {
            azure().openAi().limits(OpenAiLimits.DOCUMENTED);
        }

        @Override
        public void remove(String run) {
            azure().openAi().cancel(only());
            azure().openAi().delete(only());
        }

        @Override
        public void refuseRows(String run) {
            azure().openAi().fail(only(), ROWS_REFUSED);
        }

        private String only() {
            return jobs().get(0);
        }
    }

    CommandAzure cloud() {
        return cloud;
    }

    OfflineAzure azure() {
        return cloud.azure();
    }

    /** Its client repeats a call once, after half a second, rather than for eight seconds: most looks of an outage get no answer. */
    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(cloud.environment());
        environment.put("AZURE_REQUEST_RETRY_COUNT", "1");
        return environment;
    }

    @Override
    public Faults faults() {
        return azure().faults();
    }

    @Override
    public List<Call> calls(String operation) {
        return azure().calls().of(operation);
    }

    @Override
    public ServiceError invalid() {
        return new ServiceError(CLIENTS_FAULT, "UserError", "The request is invalid.");
    }

    @Override
    public void close() {
        cloud.closeCloud();
        FREE.add(blobs);
    }
}
