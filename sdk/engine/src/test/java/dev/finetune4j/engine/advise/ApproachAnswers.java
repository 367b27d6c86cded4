package dev.finetune4j.engine.advise;

import java.util.Locale;

/** Answers as tests write them: {@code rows=2000 form=fixed}. */
final class ApproachAnswers {
    private ApproachAnswers() {}

    static Situation of(String answers) {
        Situation situation = Situation.unknown();
        for (String answer : answers.strip().split(" +", -1)) {
            String[] parts = answer.split("=", 2);
            Criterion criterion = Criterion.valueOf(parts[0].toUpperCase(Locale.ROOT));
            situation = situation.with(criterion, criterion.parse(parts[1]));
        }
        return situation;
    }
}
