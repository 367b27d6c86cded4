# Matrix products of N tokens with a weight, as libtorch makes them. x [N, I], W [O, I]; N, I and O are large.

# y = x W^T, [N, O].
def write(x: Tensor, W: Tensor, y: Tensor) -> Tensor:
  return torch.mm(x, W.t(), out=y)

# y = h + x W^T, for h [N, O] or [O].
def write_sum(h: Tensor, x: Tensor, W: Tensor, y: Tensor) -> Tensor:
  return torch.addmm(h, x, W.t(), out=y)

# y += x W^T.
def add(y: Tensor, x: Tensor, W: Tensor) -> Tensor:
  return y.addmm_(x, W.t())
