package dev.finetune4j.error;

import java.util.List;

/** All kinds of problem that one module can report; one per module, found with ServiceLoader. */
public interface ProblemCatalogue {
    /** Every kind, sorted by code. */
    List<ProblemKind> kinds();
}
