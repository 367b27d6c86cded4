package dev.finetune4j.training.model.adapter;

import dev.finetune4j.training.model.weights.FlatLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What PEFT trains and saves as a whole beside the factors of an adapter, its {@code modules_to_save}.
 *
 * @param taskType what PEFT calls the task of the model
 * @param names names of the modules, sorted
 * @param slices their tensors, and where each lies in the flat vector
 * @param fresh names of those that the base model does not have
 */
public record SavedModules(String taskType, List<String> names, List<FlatLayout.Slice> slices, Set<String> fresh) {
    /** A language model with nothing but factors. */
    public static final SavedModules NONE = new SavedModules(AdapterConfig.LANGUAGE, List.of(), List.of(), Set.of());

    /**
     * What a language model trains beside its adapters.
     *
     * @param names such as {@code lm_head}
     * @param slices their tensors
     */
    public static SavedModules ofDecoder(List<String> names, List<FlatLayout.Slice> slices) {
        return new SavedModules(AdapterConfig.LANGUAGE, names, slices, Set.of());
    }

    /**
     * The head of a classifier, which is always trained with its adapters.
     *
     * @param names the modules that it consists of
     * @param slices their tensors
     * @param fresh names of those that the base model does not have
     */
    public static SavedModules ofClassifier(List<String> names, List<FlatLayout.Slice> slices, Set<String> fresh) {
        return new SavedModules(AdapterConfig.CLASSIFICATION, names, slices, fresh);
    }

    /** Copies the lists. */
    public SavedModules {
        names = names.stream().sorted().toList();
        slices = List.copyOf(slices);
        fresh = Set.copyOf(fresh);
    }

    boolean isOfClassifier() {
        return taskType.equals(AdapterConfig.CLASSIFICATION);
    }

    /** Whether an adapter must hold a tensor: it says that it does, or the base model has none to stay with. */
    boolean isOnlyIn(Path adapter, FlatLayout.Slice slice) {
        return fresh.contains(slice.tensor().name())
                || AdapterConfig.saves(adapter, slice.tensor().name());
    }

    /** What the file of an adapter calls a tensor. */
    public static String nameOf(FlatLayout.Slice slice) {
        return "base_model.model." + slice.tensor().name();
    }
}
