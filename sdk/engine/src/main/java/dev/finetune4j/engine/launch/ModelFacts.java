package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.model.ModelFiles;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a base model without fetching it.
 *
 * @param architecture its sizes
 * @param known its entry in the catalogue, or null where it has none
 * @param files its files, or null where they are not on this machine
 * @param declaredClass the class that transformers would load by its {@code config.json}, or null where none was read or it names none
 * @param hasTower whether by that it has a tower for pictures, which the sizes leave out
 */
public record ModelFacts(
        Architecture architecture,
        @Nullable CatalogueModel known,
        @Nullable ModelFiles files,
        @Nullable String declaredClass,
        boolean hasTower) {
    /** Of a model whose {@code config.json} was not read. */
    public ModelFacts(Architecture architecture, @Nullable CatalogueModel known, @Nullable ModelFiles files) {
        this(architecture, known, files, null, false);
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
     * What its errors of estimation have in common with others': the class that transformers would load, or how it reads. An encoder may be
     * called after any head, so that its own class tells nothing.
     */
    public String family() {
        if (known != null) {
            return known.architecture();
        }
        return declaredClass != null && speaks()
                ? declaredClass
                : architecture.kind().name().toLowerCase(Locale.ROOT);
    }

    /** Whether it answers in text. */
    public boolean speaks() {
        return architecture.kind() != Architecture.Kind.ENCODER;
    }
}
