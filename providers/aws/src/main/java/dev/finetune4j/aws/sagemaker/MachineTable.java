package dev.finetune4j.aws.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Gpus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the machines are.
 *
 * @param source where the sizes stand
 * @param machines each once, in the order in which they are listed
 */
record MachineTable(String source, List<Machine> machines) {
    /**
     * A machine.
     *
     * @param type EC2's name of it; SageMaker puts {@code ml.} in front
     * @param vcpus virtual processors
     * @param memoryGib main memory
     * @param gpus its accelerators, or null
     */
    record Machine(
            String type,
            int vcpus,
            double memoryGib,
            @Nullable Gpus gpus) {}

    static MachineTable shipped() {
        return Json.resource(MachineTable.class, "machines.json", new TypeReference<>() {});
    }
}
