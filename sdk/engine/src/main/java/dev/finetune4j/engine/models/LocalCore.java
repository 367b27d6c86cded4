package dev.finetune4j.engine.models;

import com.fasterxml.jackson.core.type.TypeReference;
import com.sun.management.OperatingSystemMXBean;
import dev.finetune4j.engine.estimate.Parallelism;
import dev.finetune4j.engine.estimate.TrainingSetup;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Method;
import dev.finetune4j.json.Json;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;

/**
 * What finetune's own core trains on this machine, and how, as far as that is known without a model's files. Where they are here, the local
 * runner says it itself.
 */
public final class LocalCore {
    /** What is left to a process on a machine that runs other things, too. */
    private static final double FREE_SHARE = 0.85;

    private record Content(List<String> architectures, Map<String, Integer> tokens) {}

    private final Content content;

    private LocalCore(Content content) {
        this.content = content;
    }

    /** The core of this version. */
    public static LocalCore shipped() {
        return new LocalCore(Json.resource(LocalCore.class, "local-core.json", new TypeReference<Content>() {}));
    }

    /** Memory of this machine in bytes. */
    public static long memoryHere() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /**
     * What of a machine's memory a run can have, in bytes.
     *
     * @param memory of the machine, in bytes
     */
    public static long usableBytes(long memory) {
        return Math.round(FREE_SHARE * memory);
    }

    /** How it trains where memory is short; the rest is the job's. */
    public static TrainingSetup.Builder setup(Method method) {
        return TrainingSetup.frugal(method, Framework.FINETUNE4J, Parallelism.single());
    }

    /** The architectures, as transformers names them, that it trains. */
    public List<String> architectures() {
        return List.copyOf(content.architectures());
    }

    /** Whether it trains the architecture of a model. */
    public boolean trains(CatalogueModel model) {
        return trains(model.architecture());
    }

    /** Whether it trains an architecture, by the name that transformers has for it. */
    public boolean trains(String architecture) {
        return content.architectures().contains(architecture);
    }

    /** Tokens of the longest row that it trains a model on: of LongRoPE it knows the frequencies of short texts alone. */
    public int mostTokens(CatalogueModel model) {
        return content.tokens().getOrDefault(model.id(), Integer.MAX_VALUE);
    }

    Map<String, Integer> tokens() {
        return content.tokens();
    }
}
