package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.LocalCore;
import dev.finetune4j.model.ModelFiles;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a base model without fetching it.
 *
 * @param architecture its sizes
 * @param known its entry in the catalogue, or null where it has none
 * @param files its files, or null where they are not on this machine
 * @param declaredClass the class that transformers would load by its {@code config.json}, or null where none was read or it names none
 * @param hasTower whether by that it has a tower for pictures, which the sizes leave out
 * @param storedBytes bytes of the one file that it is, whose weights may be packed in fewer bits than training holds them in; null where it
 *     is a folder, or not on this machine
 */
public record ModelFacts(
        Architecture architecture,
        @Nullable CatalogueModel known,
        @Nullable ModelFiles files,
        @Nullable String declaredClass,
        boolean hasTower,
        @Nullable Long storedBytes) {
    /** What transformers calls the heads of an encoder, and the bare one. */
    private static final Pattern HEAD = Pattern.compile("(For[A-Z]\\w*|LMHeadModel|PreTrainedModel|Model)$");

    /** Of a model whose {@code config.json} was not read. */
    public ModelFacts(Architecture architecture, @Nullable CatalogueModel known, @Nullable ModelFiles files) {
        this(architecture, known, files, null, false, null);
    }

    /** Its files, where they are on this machine. */
    public Optional<ModelFiles> filesHere() {
        return Optional.ofNullable(files);
    }

    /** What a place calls it; empty where the catalogue knows no name there. */
    public Optional<String> idAt(String target) {
        return Optional.ofNullable(known)
                .flatMap(model -> Optional.ofNullable(model.ids().get(target)));
    }

    /**
     * The class that transformers would load; of an encoder the one that it was trained before as, whatever head it is called after, since
     * it is given a head of its own. Empty where neither the catalogue nor its {@code config.json} names one.
     */
    public Optional<String> modelClass() {
        if (known != null) {
            return Optional.of(known.architecture());
        }
        Optional<String> declared = Optional.ofNullable(declaredClass);
        return speaks() ? declared : declared.map(name -> HEAD.matcher(name).replaceFirst("ForMaskedLM"));
    }

    /** Its {@link #modelClass class}, where finetune's own core does not train that; empty also where none is known. */
    public Optional<String> untrainedBy(LocalCore core) {
        return modelClass().filter(name -> !core.trains(name));
    }

    /** What its errors of estimation have in common with others': its {@link #modelClass class}, or how it reads where none is known. */
    public String family() {
        return modelClass().orElseGet(() -> architecture.kind().name().toLowerCase(Locale.ROOT));
    }

    /** Whether it answers in text. */
    public boolean speaks() {
        return architecture.kind() != Architecture.Kind.ENCODER;
    }
}
