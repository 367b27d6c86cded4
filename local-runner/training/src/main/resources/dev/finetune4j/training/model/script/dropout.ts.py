# Dropout of the inputs of an adapter (Srivastava et al. 2014): an entry is kept with probability 1 - rate and then divided by it.
# The mask is not stored: the same seed gives it again in the backward pass, from a generator of its own, since other threads draw too.

def mask(x: Tensor, rate: float, seed: int) -> Tensor:
  drawn = torch.Generator(seed=seed)
  return torch.empty_like(x).bernoulli_(1.0 - rate, generator=drawn).div_(1.0 - rate)  # as x
