package dev.finetune4j.cli;

import java.util.Optional;

/** A place of Amazon's, with the settings of a job there, and what cannot happen at it. */
enum FaultPlace {
    /** Training jobs with the worker. */
    SAGEMAKER("SageMaker", "eu-central-1", "CreateTrainingJob", "TrainingJobName", "DescribeTrainingJob") {
        @Override
        String settings() {
            return """
                      sagemaker:
                        role: "%s"
                        store: "s3://my-bucket/jobs"
                        region: %s
                    """.formatted(CommandCloud.ROLE, region());
        }

        @Override
        Optional<String> immunity(Fault fault) {
            return Optional.empty();
        }
    },
    /** Training jobs with a script of the hub. */
    JUMPSTART("JumpStart", "eu-central-1", "CreateTrainingJob", "TrainingJobName", "DescribeTrainingJob") {
        @Override
        String settings() {
            return CommandCloud.jumpStartAnywhere(region());
        }

        @Override
        Optional<String> immunity(Fault fault) {
            return Optional.empty();
        }
    },
    /** Customization of a model by the service itself. */
    BEDROCK("Bedrock", "us-east-1", "CreateModelCustomizationJob", "jobName", "GetModelCustomizationJob") {
        @Override
        String settings() {
            return CommandCloud.bedrock();
        }

        @Override
        Optional<String> immunity(Fault fault) {
            return switch (fault) {
                case STOCK_OUT_AT_CREATE, STOCK_OUT_LATER, SPOT_RECLAIM ->
                    Optional.of("it sells tokens, and no machine");
                case USER_EXIT_LISTED -> Optional.of("the service tells no exit code");
                default -> Optional.empty();
            };
        }

        @Override
        String text(Fault fault) {
            return switch (fault) {
                case USER_EXIT -> "the service takes the job, and minutes later not its rows";
                case DELETED_BY_HAND -> "somebody stops the job, of which the service keeps the record for ever";
                default -> fault.text();
            };
        }
    };

    private final String title;
    private final String region;
    private final String create;
    private final String jobName;
    private final String look;

    FaultPlace(String title, String region, String create, String jobName, String look) {
        this.title = title;
        this.region = region;
        this.create = create;
        this.jobName = jobName;
        this.look = look;
    }

    /** Its name for people; in small letters it is the target's. */
    String title() {
        return title;
    }

    String region() {
        return region;
    }

    /** The operation that launches a job. */
    String create() {
        return create;
    }

    /** What that calls the name of the job. */
    String jobName() {
        return jobName;
    }

    /** The operation that looks at a job. */
    String look() {
        return look;
    }

    /** Whether a job that failed can go on where it was. */
    boolean keepsCheckpoints() {
        return this == SAGEMAKER;
    }

    /** Settings of a job, as lines below {@code places}. */
    abstract String settings();

    /** What happens, for people, where that is something else here than it is elsewhere. */
    String text(Fault fault) {
        return fault.text();
    }

    /** Why a fault cannot happen here; empty where it can. */
    abstract Optional<String> immunity(Fault fault);
}
