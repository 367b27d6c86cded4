/**
 * Says what a job will take on every target before anything is paid: memory, hours and money as ranges, ranked. {@link
 * dev.finetune4j.engine.plan.Planner} is the door.
 */
@NullMarked
package dev.finetune4j.engine.plan;

import org.jspecify.annotations.NullMarked;
