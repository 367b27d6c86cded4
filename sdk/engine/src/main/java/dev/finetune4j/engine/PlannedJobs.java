package dev.finetune4j.engine;

import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.plan.Plan;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** Of which job each plan is, as long as somebody holds the plan. Safe for use by several threads. */
final class PlannedJobs {
    private final List<Entry> all = new ArrayList<>();

    private record Entry(WeakReference<Plan> plan, JobFile job) {}

    synchronized void add(Plan plan, JobFile job) {
        all.removeIf(one -> one.plan().refersTo(null) || one.plan().refersTo(plan));
        all.add(new Entry(new WeakReference<>(plan), job));
    }

    /**
     * The job of a plan.
     *
     * @throws IllegalArgumentException if the plan is none of these
     */
    synchronized JobFile of(Plan plan) {
        return all.stream()
                .filter(one -> one.plan().refersTo(plan))
                .map(Entry::job)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the plan is none of this FineTuner's: it launches what its plan methods gave"));
    }
}
