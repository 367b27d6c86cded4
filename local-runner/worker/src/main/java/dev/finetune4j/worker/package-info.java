/**
 * The process that trains and answers. It reads a work order and its channels, runs the steps in order, and leaves events, status and output in
 * its folder; whoever launched it, on this machine or in a cloud, reads them from there.
 */
@NullMarked
package dev.finetune4j.worker;

import org.jspecify.annotations.NullMarked;
