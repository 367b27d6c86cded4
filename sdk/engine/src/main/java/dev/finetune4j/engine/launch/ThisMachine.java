package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.report.Provenance;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts of the machine and the program for a report. */
final class ThisMachine {
    private ThisMachine() {}

    static Provenance.Machine machine() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
        long memory =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean bean
                        ? bean.getTotalMemorySize()
                        : 0;
        return new Provenance.Machine(
                system, System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), memory);
    }

    static Map<String, String> versions(String finetune4j) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("finetune4j", finetune4j);
        versions.put("Java", Runtime.version().toString());
        return versions;
    }
}
