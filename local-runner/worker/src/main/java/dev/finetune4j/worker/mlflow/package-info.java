/** The figures of a training at MLflow's tracking, where a container names one. */
@NullMarked
package dev.finetune4j.worker.mlflow;

import org.jspecify.annotations.NullMarked;
