"""What customers, workers and agencies type about an order. The actions decide; forms only carry."""
