/**
 * Services of a cloud in this process, for tests without an account. Every request is held to the service's own model and to its rules
 * between fields, answers have the service's shapes, and jobs move through the service's life cycle on a clock that may be virtual.
 */
@NullMarked
package dev.finetune4j.offlinecloud;

import org.jspecify.annotations.NullMarked;
