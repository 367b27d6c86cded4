package dev.finetune4j.training.model.adapter;

import dev.finetune4j.method.LoraTuning;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where each low-rank factor lies in the one flat vector of trainable parameters: layer by layer, projection by projection. Of a
 * projection the A factors of its adapted modules come first, one below the other, then their B factors. The script reads the vector in
 * the same order. With DoRA the lengths of the adapted rows follow at the end, module by module in the same order.
 *
 * @param stem what precedes the number of a layer in the names of its tensors, such as {@code model.layers.}
 * @param layers for each layer of the model its four projections, in the order of {@code decoder.ts.py} or {@code encoder.ts.py}
 * @param dora whether the lengths of the adapted rows are trained apart
 */
public record LoraLayout(String stem, List<List<AdaptedProjection>> layers, boolean dora) {
    /**
     * Linear layers that are computed as one, since they have the same input.
     *
     * @param inputs I
     * @param modules in the order of their outputs
     */
    public record Projection(int inputs, List<Module> modules) {
        /** Copies the list. */
        public Projection {
            modules = List.copyOf(modules);
        }
    }

    /**
     * A linear layer.
     *
     * @param path its place in a layer, such as {@code self_attn.q_proj}
     * @param firstOutput first of its outputs among those of its projection
     * @param outputs O
     */
    public record Module(String path, int firstOutput, int outputs) {
        /** The name by which users and PEFT know it, such as {@code q_proj}; several modules of a layer may share it. */
        public String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }
    }

    /**
     * A projection of one layer with the adapters of its modules.
     *
     * @param inputs I
     * @param adapters those of the modules that have one, in the order of their outputs
     */
    public record AdaptedProjection(int inputs, List<Adapter> adapters) {
        /** Copies the list. */
        public AdaptedProjection {
            adapters = List.copyOf(adapters);
        }

        /** First output, number of outputs and rank of each adapter: what the script is told. */
        public int[] plan() {
            return adapters.stream()
                    .flatMapToInt(each -> IntStream.of(each.module.firstOutput(), each.module.outputs(), each.rank))
                    .toArray();
        }

        /** The factor of each adapter's update. */
        public double[] scales() {
            return adapters.stream().mapToDouble(Adapter::scale).toArray();
        }

        /** Outputs that have an adapter. */
        public int outputs() {
            return adapters.stream().mapToInt(each -> each.module.outputs()).sum();
        }

        private long length() {
            return adapters.stream()
                    .mapToLong(each -> (long) each.rank * (inputs + each.module.outputs()))
                    .sum();
        }
    }

    /**
     * The adapter of a module in one layer.
     *
     * @param module what it adapts
     * @param rank R
     * @param scale s
     */
    public record Adapter(Module module, int rank, double scale) {}

    /** What a factor is: A [R, I], B [O, R], or with DoRA the lengths m [O]. */
    public enum Kind {
        /** Takes inputs to inner values. */
        A("lora_A.weight"),
        /** Takes inner values to outputs. */
        B("lora_B.weight"),
        /** Lengths of the rows of the adapted weight. */
        MAGNITUDE("lora_magnitude_vector");

        private final String peftName;

        Kind(String peftName) {
            this.peftName = peftName;
        }

        /** The name of this factor of a module, such as {@code model.layers.0.mlp.up_proj}, in a PEFT adapter file. */
        String nameOf(String module) {
            return "base_model.model." + module + "." + peftName;
        }
    }

    /**
     * One factor.
     *
     * @param name its name in a PEFT adapter file
     * @param kind what it is
     * @param rows rows
     * @param columns columns, 1 of lengths
     * @param offset first element in the flat vector
     * @param scale s of its adapter
     */
    public record Factor(String name, Kind kind, int rows, int columns, long offset, double scale) {
        /** Elements. */
        public long length() {
            return (long) rows * columns;
        }

        /** Its shape in a PEFT adapter file. */
        public List<Long> shape() {
            return kind == Kind.MAGNITUDE ? List.of((long) rows) : List.of((long) rows, (long) columns);
        }
    }

    /** Copies the lists. */
    public LoraLayout {
        layers = layers.stream().map(List::copyOf).toList();
    }

    /**
     * The layout of a method on a model.
     *
     * @param stem what precedes the number of a layer
     * @param layers layers of the model
     * @param method decides modules, layers, ranks and scales
     * @param all every projection with every module, whether adapted or not
     * @throws dev.finetune4j.error.FineTuneException with FT0472 if a module or layer that the method names does not exist
     */
    public static LoraLayout of(String stem, int layers, LoraTuning method, List<Projection> all) {
        List<String> known = all.stream()
                .flatMap(projection -> projection.modules().stream())
                .map(Module::name)
                .distinct()
                .toList();
        TargetModules targets = TargetModules.of(method, known, layers);
        return new LoraLayout(
                stem,
                IntStream.range(0, layers)
                        .mapToObj(layer -> all.stream()
                                .map(projection -> adapted(projection, method, targets, layer))
                                .toList())
                        .toList(),
                method.dora());
    }

    private static AdaptedProjection adapted(
            Projection projection, LoraTuning method, TargetModules targets, int layer) {
        return new AdaptedProjection(
                projection.inputs(),
                projection.modules().stream()
                        .filter(module -> targets.contains(layer, module.name()))
                        .map(module -> new Adapter(module, method.rankOf(module.name()), method.scaleOf(module.name())))
                        .toList());
    }

    /** The layout of a model without any adapter. */
    public static LoraLayout none(String stem, int layers, List<Projection> all) {
        List<AdaptedProjection> plain = all.stream()
                .map(projection -> new AdaptedProjection(projection.inputs(), List.of()))
                .toList();
        return new LoraLayout(stem, Collections.nCopies(layers, plain), false);
    }

    /** The same model without any adapter. */
    public LoraLayout withoutAdapters() {
        return new LoraLayout(
                stem,
                layers.stream()
                        .map(layer -> layer.stream()
                                .map(projection -> new AdaptedProjection(projection.inputs(), List.of()))
                                .toList())
                        .toList(),
                false);
    }

    /** All projections, layer by layer. */
    public List<AdaptedProjection> projections() {
        return layers.stream().flatMap(List::stream).toList();
    }

    private Stream<Adapter> adapters() {
        return projections().stream().flatMap(projection -> projection.adapters().stream());
    }

    /** Length of the flat vector. */
    public long length() {
        return projections().stream().mapToLong(AdaptedProjection::length).sum() + magnitudes();
    }

    /** Lengths at the end of the flat vector, one a row of each adapted module; none without DoRA. */
    public long magnitudes() {
        return dora
                ? projections().stream().mapToLong(AdaptedProjection::outputs).sum()
                : 0;
    }

    /** Inner values x A^T of all adapters for one token: the sum of their ranks. */
    public long innerWidth() {
        return adapters().mapToLong(Adapter::rank).sum();
    }

    /** Every factor, in the order of the flat vector. */
    public List<Factor> factors() {
        FactorList factors = new FactorList(stem);
        for (int layer = 0; layer < layers.size(); layer++) {
            for (AdaptedProjection projection : layers.get(layer)) {
                for (Adapter each : projection.adapters()) {
                    factors.add(layer, each, Kind.A, each.rank(), projection.inputs());
                }
                for (Adapter each : projection.adapters()) {
                    factors.add(layer, each, Kind.B, each.module().outputs(), each.rank());
                }
            }
        }
        for (int layer = 0; dora && layer < layers.size(); layer++) {
            for (AdaptedProjection projection : layers.get(layer)) {
                for (Adapter each : projection.adapters()) {
                    factors.add(layer, each, Kind.MAGNITUDE, each.module().outputs(), 1);
                }
            }
        }
        return factors.all;
    }

    /** Factors one behind the other. */
    private static final class FactorList {
        private final String stem;
        private final List<Factor> all = new ArrayList<>();
        private long end;

        FactorList(String stem) {
            this.stem = stem;
        }

        void add(int layer, Adapter adapter, Kind kind, int rows, int columns) {
            String module = stem + layer + "." + adapter.module().path();
            Factor factor = new Factor(kind.nameOf(module), kind, rows, columns, end, adapter.scale());
            all.add(factor);
            end += factor.length();
        }
    }

    /** What tells these adapters of a method from others, such as {@code r16 alpha 32.0 on q_proj,v_proj}. */
    public String identity(LoraTuning method) {
        return "r" + method.rank() + " alpha " + method.alpha() + " on " + String.join(",", moduleNames())
                + (method.rankStabilised() ? " rank-stabilised" : "")
                + (dora ? " dora" : "")
                + (method.ranks().isEmpty() ? "" : " ranks " + method.ranks())
                + (method.alphas().isEmpty() ? "" : " alphas " + method.alphas())
                + (method.layers().isEmpty() ? "" : " layers " + method.layers())
                + (method.trainedModules().isEmpty() ? "" : " beside " + method.trainedModules());
    }

    /** Names of the adapted modules, sorted, as PEFT lists them. */
    public List<String> moduleNames() {
        return adapters().map(each -> each.module().name()).distinct().sorted().toList();
    }
}
