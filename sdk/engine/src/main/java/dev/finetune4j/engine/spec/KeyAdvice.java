package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.Shape.Field;
import dev.finetune4j.engine.spec.Shape.Fields;
import dev.finetune4j.engine.spec.Shape.Table;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.error.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What somebody who wrote an unknown key most likely meant. */
final class KeyAdvice {
    /** Words of other fine-tuning tools (Transformers, TRL, PEFT, Axolotl, LLaMA-Factory) and services, and where ours stand. */
    private static final Map<String, String> OTHER_TOOLS = new TreeMap<>(Map.ofEntries(
            Map.entry("base-model", "model"),
            Map.entry("model-name-or-path", "model"),
            Map.entry("dataset", "data.file"),
            Map.entry("datasets", "data.sources"),
            Map.entry("data-path", "data.file"),
            Map.entry("train", "data.file"),
            Map.entry("train-data", "data.file"),
            Map.entry("train-file", "data.file"),
            Map.entry("training-file", "data.file"),
            Map.entry("val-set-size", "data.split.validation"),
            Map.entry("lr", "training.learning-rate"),
            Map.entry("lr-scheduler", "training.schedule"),
            Map.entry("lr-scheduler-type", "training.schedule"),
            Map.entry("num-epochs", "training.epochs"),
            Map.entry("num-train-epochs", "training.epochs"),
            Map.entry("micro-batch-size", "training.batch-size"),
            Map.entry("per-device-train-batch-size", "training.batch-size"),
            Map.entry("gradient-accumulation-steps", "training.gradient-accumulation"),
            Map.entry("gradient-checkpointing", "training.recompute"),
            Map.entry("max-grad-norm", "training.max-gradient-norm"),
            Map.entry("cutoff-len", "training.max-tokens"),
            Map.entry("max-length", "training.max-tokens"),
            Map.entry("max-seq-length", "training.max-tokens"),
            Map.entry("sequence-len", "training.max-tokens"),
            Map.entry("sample-packing", "training.packing"),
            Map.entry("eval-steps", "training.evaluate-every"),
            Map.entry("save-steps", "training.checkpoint-every"),
            Map.entry("adapter", "method.kind"),
            Map.entry("r", "method.rank"),
            Map.entry("lora-r", "method.rank"),
            Map.entry("lora-rank", "method.rank"),
            Map.entry("lora-alpha", "method.alpha"),
            Map.entry("lora-dropout", "method.dropout"),
            Map.entry("lora-target-modules", "method.target-modules"),
            Map.entry("threshold", "evaluation.gate.at-least")));

    /** Of YAML 1.1; YAML 1.2 has no such. */
    private static final String MERGE_KEY = "<<";

    private static final Map<String, List<String>> PATHS = paths();

    private KeyAdvice() {}

    /**
     * What to do with an unknown key, as an instruction.
     *
     * @param path the mapping in which it stands; empty for the root
     * @param here the keys that this mapping has
     */
    static Optional<String> of(String path, String key, List<String> here) {
        if (key.equals(MERGE_KEY)) {
            return Optional.of("write the merged keys out instead of <<: job files have no merge keys");
        }
        String normal = Spelling.normalize(key);
        if (here.contains(normal)) {
            return Optional.of(rename(key, normal));
        }
        Optional<String> elsewhere = Optional.ofNullable(OTHER_TOOLS.get(normal))
                .or(() -> Optional.ofNullable(PATHS.get(normal)).map(paths -> nearestTo(path, paths)));
        if (elsewhere.isPresent()) {
            return elsewhere.map(target -> target.equals(YamlText.join(path, last(target)))
                    ? rename(key, last(target))
                    : "write it as " + target);
        }
        return Spelling.nearest(key, here)
                .map(near -> rename(key, near))
                .or(() -> Spelling.nearest(key, PATHS.keySet())
                        .map(near -> "write it as " + nearestTo(path, PATHS.getOrDefault(near, List.of(near)))));
    }

    /**
     * The key that was meant, where a mapping of another kind has it and one of this kind does not.
     *
     * @param path the mapping in which it stands
     * @param kind of this mapping, which does not have {@code key}
     */
    static Optional<String> keyOfOtherKind(String path, String key, Variants variants, String kind) {
        String normal = Spelling.normalize(key);
        List<String> ofAll = variants.byKind().values().stream()
                .flatMap(fields -> fields.fields().stream())
                .map(Field::key)
                .distinct()
                .toList();
        String target = OTHER_TOOLS.get(normal);
        Optional<String> meant;
        if (target != null) {
            meant = Optional.of(last(target))
                    .filter(last -> target.equals(YamlText.join(path, last)) && ofAll.contains(last));
        } else if (ofAll.contains(normal)) {
            meant = Optional.of(normal);
        } else {
            meant = PATHS.containsKey(normal) ? Optional.empty() : Spelling.nearest(key, ofAll);
        }
        Fields here = variants.byKind().get(kind);
        return meant.filter(found -> here == null
                || here.fields().stream().noneMatch(field -> field.key().equals(found)));
    }

    private static String rename(String key, String better) {
        return "rename " + Echo.bare(key) + " to " + better;
    }

    private static String nearestTo(String path, List<String> paths) {
        return paths.stream()
                .filter(candidate -> !path.isEmpty() && candidate.startsWith(path + "."))
                .findFirst()
                .orElse(paths.get(0));
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static Map<String, List<String>> paths() {
        Map<String, List<String>> paths = new LinkedHashMap<>();
        collect(Shapes.job(), "", paths);
        return paths;
    }

    private static void collect(Shape shape, String path, Map<String, List<String>> paths) {
        if (shape instanceof Fields fields) {
            for (Field field : fields.fields()) {
                String at = YamlText.join(path, field.key());
                paths.merge(
                        field.key(),
                        List.of(at),
                        (first, second) -> java.util.stream.Stream.of(first, second)
                                .flatMap(List::stream)
                                .toList());
                collect(field.shape(), at, paths);
            }
        } else if (shape instanceof Variants variants) {
            variants.byKind().values().forEach(fields -> collect(fields, path, paths));
        } else if (shape instanceof Table table) {
            collect(table.element(), path + ".<name>", paths);
        }
    }
}
