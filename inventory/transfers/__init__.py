"""Goods sent from one store to another (pengiriman): requested, approved, dispatched, received are four numbers."""
