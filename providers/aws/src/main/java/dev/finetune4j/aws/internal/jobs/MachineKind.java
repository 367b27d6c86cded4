package dev.finetune4j.aws.internal.jobs;

import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.TrainingInstanceType;

/**
 * What the name of a machine tells of it.
 *
 * @param type the name, such as {@code ml.g5.xlarge}
 */
public record MachineKind(String type) {
    private static final Pattern OWN_DISK =
            Pattern.compile("ml\\.(g4dn|g5|g6|g6e|g7|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6[^.]*|r5d|trn[^.]*)\\..+");
    private static final Pattern GPU = Pattern.compile("ml\\.[gp]\\d.+");

    /** Whether SageMaker trains on it, as far as this version knows. */
    public boolean isKnown() {
        return TrainingInstanceType.fromValue(type) != TrainingInstanceType.UNKNOWN_TO_SDK_VERSION;
    }

    /** Whether it comes with a disk of fixed size, and takes no other. */
    public boolean hasOwnDisk() {
        return OWN_DISK.matcher(type).matches();
    }

    /** Whether it has a GPU. */
    public boolean hasGpu() {
        return GPU.matcher(type).matches();
    }
}
