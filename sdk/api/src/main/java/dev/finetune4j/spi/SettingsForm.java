package dev.finetune4j.spi;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Spelling;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which settings a place has; it tells what is wrong with those of a job, in the same words for every place.
 *
 * @param kind of the problems
 * @param service what the place is called
 * @param prefix in front of a setting's name in a job file
 * @param names of the settings that there are, told in their alphabet's order
 * @param isOther whether a name is none of them and may be set all the same
 * @param besides what may be set so, in words that follow the list of names; empty if nothing
 */
public record SettingsForm(
        ProblemKind kind, String service, String prefix, Set<String> names, Predicate<String> isOther, String besides) {
    /** Sorts the names. */
    public SettingsForm {
        names = Collections.unmodifiableSet(new TreeSet<>(names));
    }

    /** Of a place that has no settings but those. */
    public SettingsForm(ProblemKind kind, String service, String prefix, Set<String> names) {
        this(kind, service, prefix, names, name -> false, "");
    }

    /** Of each setting that the place does not have, that it has none. */
    public List<Problem> unknown(Map<String, String> settings) {
        return settings.keySet().stream()
                .filter(this::isUnknown)
                .sorted()
                .map(name -> kind.error(service + " has no setting " + name)
                        .at(Location.ofKey(prefix + name))
                        .because("there are " + String.join(", ", names) + besides)
                        .remedy(Spelling.nearest(name, names)
                                .map(near -> "rename " + name + " to " + near)
                                .orElse("leave " + prefix + name + " out"))
                        .build())
                .toList();
    }

    private boolean isUnknown(String name) {
        return !names.contains(name) && !isOther.test(name);
    }

    /** Whether a setting is there, or one that is no setting and was most likely meant as it: to ask for it besides would mislead. */
    public boolean isMeant(String setting, Map<String, String> settings) {
        return settings.containsKey(setting)
                || settings.keySet().stream()
                        .filter(this::isUnknown)
                        .anyMatch(name -> Spelling.nearest(name, names)
                                .filter(setting::equals)
                                .isPresent());
    }

    /** That a setting is missing, where it is not {@link #isMeant}. */
    public Optional<Problem> required(String setting, Map<String, String> settings, String example) {
        return isMeant(setting, settings) ? Optional.empty() : Optional.of(missing(setting, example));
    }

    /** That a setting is needed and not there. */
    public Problem missing(String setting, String example) {
        return told(setting, service + " needs to be told its " + setting, example);
    }

    /** That a setting, if it is there, is none of these values, of which the first is shown as an example. */
    public Optional<Problem> oneOf(String setting, Map<String, String> settings, List<String> values) {
        return Optional.ofNullable(settings.get(setting))
                .filter(value -> !values.contains(value))
                .map(value -> malformed(setting, value, "one of " + String.join(", ", values), values.get(0)));
    }

    /** That a setting, if it is there, is neither {@code true} nor {@code false}. */
    public Optional<Problem> flag(String setting, Map<String, String> settings, boolean example) {
        return Optional.ofNullable(settings.get(setting))
                .filter(value -> !value.equals("true") && !value.equals("false"))
                .map(value -> malformed(setting, value, "true or false", Boolean.toString(example)));
    }

    /** That a setting has not the form that is wanted. */
    public Problem malformed(String setting, String value, String wanted, String example) {
        return told(setting, service + "'s " + setting + " must be " + wanted + ", was " + value, example);
    }

    private Problem told(String setting, String wrong, String example) {
        return kind.error(wrong)
                .at(Location.ofKey(prefix + setting))
                .remedy(prefix + setting + ": " + example)
                .build();
    }
}
