package dev.finetune4j.cli;

import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A place, with what cannot happen at it. */
enum FaultPlace {
    /** Training jobs with the worker. */
    SAGEMAKER("SageMaker", "sagemaker") {
        @Override
        FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException {
            return FaultedAws.Training.ofWorker(folder, clock, container);
        }

        @Override
        List<String> gpus() {
            return List.of("A10G");
        }
    },
    /** Training jobs with a script of the hub. */
    JUMPSTART("JumpStart", "jumpstart") {
        @Override
        FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException {
            return FaultedAws.Training.ofHub(folder, clock, container);
        }

        @Override
        List<String> gpus() {
            return List.of("A10G");
        }
    },
    /** Customization of a model by the service itself. */
    BEDROCK("Bedrock", "bedrock") {
        @Override
        FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException {
            return new FaultedAws.Customization(folder, clock, container);
        }

        @Override
        Optional<String> immunity(Fault fault) {
            return ofService(fault);
        }

        @Override
        String text(Fault fault) {
            return switch (fault) {
                case USER_EXIT -> ROWS_REFUSED;
                case DELETED_BY_HAND -> "somebody stops the job, of which the service keeps the record for ever";
                default -> fault.text();
            };
        }
    },
    /** Command jobs with the worker. */
    AZURE_ML("Azure ML", "azure-ml") {
        @Override
        FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException {
            return new FaultedAzure.Command(folder, clock, container);
        }

        @Override
        List<String> gpus() {
            return List.of("T4", "A10", "A100");
        }

        @Override
        String text(Fault fault) {
            return fault == Fault.QUOTA ? "the quota of the machine's family is 0, as the plan is told" : fault.text();
        }
    },
    /** Fine-tuning of a model by the service itself. */
    AZURE_OPENAI("Azure OpenAI", "azure-openai") {
        @Override
        FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException {
            return new FaultedAzure.Tuning(folder, clock, container);
        }

        @Override
        Optional<String> immunity(Fault fault) {
            return ofService(fault);
        }

        @Override
        String text(Fault fault) {
            return switch (fault) {
                case USER_EXIT -> ROWS_REFUSED;
                case QUOTA -> "the resource may have no more jobs";
                default -> fault.text();
            };
        }
    };

    private static final String ROWS_REFUSED = "the service takes the job, and minutes later not its rows";

    private final String title;
    private final String target;

    FaultPlace(String title, String target) {
        this.title = title;
        this.target = target;
    }

    /** Its name for people. */
    String title() {
        return title;
    }

    /** What a job file calls it. */
    String target() {
        return target;
    }

    /** Opens it in a cloud of its own. */
    abstract FaultedPlace open(Path folder, VirtualClock clock, Container container) throws IOException;

    /** Whether a job that failed can go on where it was. */
    boolean keepsCheckpoints() {
        return this == SAGEMAKER || this == AZURE_ML;
    }

    /** GPUs of the machines that a job is planned on; empty where the place lets none. */
    List<String> gpus() {
        return List.of();
    }

    /** What happens, for people, where that is something else here than it is elsewhere. */
    String text(Fault fault) {
        return fault.text();
    }

    /** Why a fault cannot happen here; empty where it can. */
    Optional<String> immunity(Fault fault) {
        return Optional.empty();
    }

    private static Optional<String> ofService(Fault fault) {
        return switch (fault) {
            case STOCK_OUT_AT_CREATE, STOCK_OUT_LATER, SPOT_RECLAIM -> Optional.of("it sells tokens, and no machine");
            case USER_EXIT_LISTED -> Optional.of("the service tells no exit code");
            default -> Optional.empty();
        };
    }
}
