package dev.finetune4j.engine.advise;

import dev.finetune4j.engine.models.CatalogueModel;
import java.util.List;

/**
 * A base model that suits a task.
 *
 * @param model the model, with its published scores, context and licence
 * @param points what its reasons add up to
 * @param reasons the strongest first
 */
public record SuitedModel(CatalogueModel model, int points, List<Reason> reasons) {
    /** Copies the list. */
    public SuitedModel {
        reasons = List.copyOf(reasons);
    }
}
