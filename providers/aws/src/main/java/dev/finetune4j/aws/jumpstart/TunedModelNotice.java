package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;

/**
 * Says when a job begins to train what is not done, and what can be done with the model that comes of it: early enough for whoever stops
 * it for that.
 */
final class TunedModelNotice {
    private TunedModelNotice() {}

    /** The page with the notice, where it tells that the training begins. */
    static EventPage in(EventPage page, RunId id) {
        List<RunEvent> events = new ArrayList<>();
        for (RunEvent event : page.events()) {
            if (event instanceof RunEvent.StateChanged change && change.state() == RunState.TRAINING) {
                events.add(new RunEvent.Noticed(change.at(), problem(id)));
            }
            events.add(event);
        }
        return new EventPage(events, page.next(), page.isPending());
    }

    private static Problem problem(RunId id) {
        return JumpStartProblems.NOT_COMPARED
                .warning("base and tuned model of " + id + " are not compared")
                .because("JumpStart trains by the hub's own script and does nothing else")
                .because("the tuned model comes home with the run, in its folder " + WorkOrder.MODEL_FOLDER)
                .remedy("finetune show " + id + "    (tells where it is; name it as model: of a job)")
                .build();
    }
}
