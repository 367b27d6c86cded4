package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Gpus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the machines are. Sizes that hold a part of a GPU are left out.
 *
 * @param source where the sizes stand
 * @param licence of the sizes
 * @param machines each once
 */
record MachineTable(String source, String licence, List<Machine> machines) {
    /**
     * A machine.
     *
     * @param type Azure's name of it
     * @param vcpus virtual processors
     * @param memoryGib main memory
     * @param gpus its accelerators
     * @param note what a buyer should know, or null
     */
    record Machine(
            String type,
            int vcpus,
            double memoryGib,
            Gpus gpus,
            @Nullable String note) {}

    static MachineTable shipped() {
        return Json.resource(MachineTable.class, "machines.json", new TypeReference<>() {});
    }
}
