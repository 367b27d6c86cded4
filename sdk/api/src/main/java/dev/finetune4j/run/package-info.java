/** What happens to a job once it is launched: work orders, states, events and outcomes. */
@NullMarked
package dev.finetune4j.run;

import org.jspecify.annotations.NullMarked;
