package dev.finetune4j.training.model.adapter;

import dev.finetune4j.method.LoraTuning;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where each low-rank factor lies in the one flat vector of trainable parameters. Every layer of the decoder has the same four
 * projections; of each, the A factors of its adapted modules come first, one below the other, then their B factors. The script reads
 * the vector in the same order.
 *
 * @param layers layers of the decoder
 * @param rank rank R of every adapter
 * @param projections the four projections of a layer, in the order of {@code decoder.ts.py}
 */
public record LoraLayout(int layers, int rank, List<Projection> projections) {
    /**
     * Linear layers that are computed as one, since they have the same input.
     *
     * @param inputs I
     * @param modules those that have an adapter, in the order of their outputs
     */
    public record Projection(int inputs, List<Module> modules) {
        /** Copies the list. */
        public Projection {
            modules = List.copyOf(modules);
        }

        /** First output and number of outputs of each adapted module: what the script is told. */
        public int[] plan() {
            return modules.stream()
                    .flatMapToInt(module -> IntStream.of(module.firstOutput(), module.outputs()))
                    .toArray();
        }

        private long length(int rank) {
            return (long) rank
                    * (modules.size() * (long) inputs
                            + modules.stream().mapToLong(Module::outputs).sum());
        }
    }

    /**
     * A linear layer that has an adapter.
     *
     * @param path its place in a decoder layer, such as {@code self_attn.q_proj}
     * @param firstOutput first of its outputs among those of its projection
     * @param outputs O
     */
    public record Module(String path, int firstOutput, int outputs) {
        /** The name by which users and PEFT know it, such as {@code q_proj}. */
        public String name() {
            return path.substring(path.indexOf('.') + 1);
        }
    }

    /**
     * One factor.
     *
     * @param name its name in a PEFT adapter file
     * @param isA whether it is A, [R, I]; otherwise B, [O, R]
     * @param rows rows
     * @param columns columns
     * @param offset first element in the flat vector
     */
    public record Factor(String name, boolean isA, int rows, int columns, long offset) {
        /** Elements. */
        public long length() {
            return (long) rows * columns;
        }
    }

    /** Copies the list. */
    public LoraLayout {
        projections = List.copyOf(projections);
    }

    /**
     * The layout of a method on a decoder.
     *
     * @param layers layers of the decoder
     * @param method decides rank and modules
     * @param all every projection with every module, whether adapted or not
     * @throws dev.finetune4j.error.FineTuneException with FT0472 if a target module does not exist
     */
    public static LoraLayout of(int layers, LoraTuning method, List<Projection> all) {
        List<String> known = all.stream()
                .flatMap(projection -> projection.modules().stream())
                .map(Module::name)
                .toList();
        TargetModules targets = TargetModules.of(method.targetModules(), known);
        return new LoraLayout(
                layers,
                method.rank(),
                all.stream()
                        .map(projection -> new Projection(
                                projection.inputs(),
                                projection.modules().stream()
                                        .filter(module -> targets.contains(module.name()))
                                        .toList()))
                        .toList());
    }

    /** Length of the flat vector. */
    public long length() {
        return layers
                * projections.stream()
                        .mapToLong(projection -> projection.length(rank))
                        .sum();
    }

    /** Every factor, in the order of the flat vector. */
    public List<Factor> factors() {
        List<Factor> factors = new ArrayList<>();
        long offset = 0;
        for (int layer = 0; layer < layers; layer++) {
            for (Projection projection : projections) {
                for (Module module : projection.modules()) {
                    factors.add(new Factor(name(layer, module, "lora_A"), true, rank, projection.inputs(), offset));
                    offset += (long) rank * projection.inputs();
                }
                for (Module module : projection.modules()) {
                    factors.add(new Factor(name(layer, module, "lora_B"), false, module.outputs(), rank, offset));
                    offset += (long) module.outputs() * rank;
                }
            }
        }
        return factors;
    }

    /** Names of the adapted modules, sorted, as PEFT lists them. */
    public List<String> moduleNames() {
        return projections.stream()
                .flatMap(projection -> projection.modules().stream())
                .map(Module::name)
                .sorted()
                .toList();
    }

    private static String name(int layer, Module module, String factor) {
        return "base_model.model.model.layers." + layer + "." + module.path() + "." + factor + ".weight";
    }
}
