package dev.finetune4j.engine.plan;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.plan.PlanOption;
import java.util.List;

/** Finds options of a plan by what people call them. */
public final class PlanOptions {
    private static final int LISTED = 3;

    private PlanOptions() {}

    /**
     * The option that is meant.
     *
     * @param word its number from 1, its id, or the name of its machine, its model or its place; of several the best
     * @throws FineTuneException with FT0763 if there is none
     */
    public static PlanOption find(Plan plan, String word) {
        List<PlanOption> options = plan.options();
        if (word.matches("\\d{1,6}")) {
            int number = Integer.parseInt(word);
            if (number >= 1 && number <= options.size()) {
                return options.get(number - 1);
            }
        }
        return options.stream()
                .filter(option -> option.id().equals(word)
                        || option.name().equalsIgnoreCase(word)
                        || option.name().equalsIgnoreCase("Standard_" + word))
                .findFirst()
                .or(() -> options.stream()
                        .filter(option -> option.target().value().equalsIgnoreCase(word))
                        .findFirst())
                .orElseThrow(() -> none(plan, word));
    }

    private static FineTuneException none(Plan plan, String word) {
        return PlanProblems.NO_SUCH_OPTION
                .error("the plan has no option " + word)
                .at(Location.of(word))
                .because("it has " + plan.options().size() + ", the first are "
                        + String.join(
                                ", ",
                                plan.options().stream()
                                        .limit(LISTED)
                                        .map(PlanOption::id)
                                        .toList()))
                .asException();
    }
}
