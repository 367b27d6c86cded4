/** What runs on a cloud's machines: processes of this machine, or what is only planned. */
@NullMarked
package dev.finetune4j.offlinecloud.container;

import org.jspecify.annotations.NullMarked;
