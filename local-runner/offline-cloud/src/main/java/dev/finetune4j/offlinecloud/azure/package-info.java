/** Microsoft's cloud, as far as Azure Machine Learning runs command jobs. */
@NullMarked
package dev.finetune4j.offlinecloud.azure;

import org.jspecify.annotations.NullMarked;
